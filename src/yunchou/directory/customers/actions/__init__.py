"""Every write to the directory of customers."""
