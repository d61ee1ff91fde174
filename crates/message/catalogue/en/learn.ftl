# Text of matdock-learn.
