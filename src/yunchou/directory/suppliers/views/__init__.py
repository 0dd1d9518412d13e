"""Pages of the register of suppliers."""
