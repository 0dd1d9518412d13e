"""The tab 筹备 of activities, and the pages of venues, stock and research."""
