"""Drawing seats and people."""
