"""Reading the directory: who is found, who may be contacted, what a page shows."""
