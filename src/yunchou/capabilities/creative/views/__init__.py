"""The pages of a creative plan."""
