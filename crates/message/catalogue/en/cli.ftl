# Text of matdock-cli.
