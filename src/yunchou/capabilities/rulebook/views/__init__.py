"""The pages of the rulebook, by noun."""
