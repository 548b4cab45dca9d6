"""The five shipped desks, clause by clause."""
