# Text of matdock-app.
