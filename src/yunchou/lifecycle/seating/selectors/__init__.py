"""What is read of seating plans."""
