# Text of matdock-store.
