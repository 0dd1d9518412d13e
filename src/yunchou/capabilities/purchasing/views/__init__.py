"""Pages of purchases, tenders and contracts."""
