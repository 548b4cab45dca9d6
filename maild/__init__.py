"""maild."""
