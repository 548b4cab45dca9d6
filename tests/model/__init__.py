"""The model: real flows, scripted edges and a virtual clock, driven at random from a seed."""
