"""The campaigns of the demo company, each a story of its own."""
