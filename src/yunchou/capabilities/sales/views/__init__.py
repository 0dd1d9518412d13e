"""Pages of leads, orders, offers and benefits."""
