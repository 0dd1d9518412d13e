"""Pages of plans: lists and the year, one plan, what changes its course, its registers."""
