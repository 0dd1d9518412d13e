"""Pages of seating plans."""
