"""Policies: who is shown what. Each is one function.

How to write one: simulations/ODD.md, section 8."""

from . import (  # noqa: F401  (importing registers them)
    bounds,
    independent,
    rankings,
    rerank,
    tables,
    vouched,
)
from .policy import POLICIES, Policy, load, parameters_of, policy

__all__ = ["POLICIES", "Policy", "load", "parameters_of", "policy"]
