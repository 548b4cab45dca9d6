"""The collector of what refers to itself alone: a daemon makes little of that, and holds much."""

import gc


def pass_over_what_is_loaded() -> None:
    """Have the collector never look again at what is loaded now.

    A look through all of it takes a tenth of a second, in the middle of a batch. How often it looks
    at what is new stays: the buffers of a large letter may hang on a circle.
    """
    gc.collect()
    gc.freeze()
