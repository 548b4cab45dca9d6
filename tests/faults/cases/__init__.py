"""The cases, a module for each group of the scorecard or part of one."""
