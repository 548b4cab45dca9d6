"""Arabic replies as mail clients write them, each with the text its writer added."""
