"""FLOW. One ticket inside one transaction: events happen, clocks move, letters are posted."""

from maild.casework.case import Case

__all__ = ["Case"]
