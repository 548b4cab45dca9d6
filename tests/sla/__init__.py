"""Tests of the promises: calendars, clocks, the ladder."""
