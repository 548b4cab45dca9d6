"""EDGE. YAML and secrets -> frozen Settings, or every problem at once."""
