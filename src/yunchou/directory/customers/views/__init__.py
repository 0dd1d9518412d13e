"""Pages of the directory of customers."""
