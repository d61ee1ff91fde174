# Text of matdock-record.
