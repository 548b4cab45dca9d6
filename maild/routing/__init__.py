"""CORE. Rules and who gets what; the verdict says which rule and why; pure."""
