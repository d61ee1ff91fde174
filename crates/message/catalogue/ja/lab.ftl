# Text of matdock-lab.
