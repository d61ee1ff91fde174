# Text of matdock-store.
store-unfinished = not built yet.
