"""What is done to seating plans."""
