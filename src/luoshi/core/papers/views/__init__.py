"""The pages of papers, split by noun."""
