"""One module per revision of the schema, in the order of their numbers."""
