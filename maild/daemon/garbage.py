"""The collector of what refers to itself alone: a daemon makes little of that, and holds much."""

import gc

_MANY = 10_000  # new objects between two looks; a batch of mail makes thousands


def look_rarely() -> None:
    """Have the collector look at what is new less often, and never again at what is loaded now.

    A look through all of it takes a tenth of a second, in the middle of a batch.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MANY)
