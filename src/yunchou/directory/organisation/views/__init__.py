"""Pages of the organisation, by noun. Whoever may not see it gets 403: it is open to all staff, nothing to hide."""
