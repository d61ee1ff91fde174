# Text of matdock-plan.
