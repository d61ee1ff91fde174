# Text of matdock-chem.
