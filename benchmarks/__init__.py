"""Speed, measured against floors in the same run; README.md has the method and the figures."""
