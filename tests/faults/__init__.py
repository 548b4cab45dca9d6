"""The scorecard: every fault maild must survive, run through the real daemon, one line per case.

`make faults` runs all of it, `make faults ONLY="B1 C"` one case and one group, and
`make faults-teeth` runs each case with the defence it proves switched off: it must fail then.
"""
