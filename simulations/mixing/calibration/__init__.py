"""Fitting the model to data on who attended what."""

from .attendance import FITTED, HELD_OUT, Attendance, moments, of_run, read
from .fit import PARAMETERS, Fit, Search, fit
from .pictures import write

__all__ = [
    "FITTED", "HELD_OUT", "PARAMETERS", "Attendance", "Fit", "Search", "fit", "moments", "of_run",
    "read", "write",
]  # fmt: skip
