"""From the models of the policy language to the values the house works with."""
