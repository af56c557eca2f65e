"""Event or censoring: PFS, DOR, TTP, OS."""
