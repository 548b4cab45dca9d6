"""Orders carried out: each is judged before any is done, then done in the order of the mail."""

from maild.intake.orders.steps import carry_out
from maild.intake.orders.undoing import remember
from maild.intake.orders.words import CannotCarryOutError

__all__ = ["CannotCarryOutError", "carry_out", "remember"]
