"""Policies: who is shown what. Each is one function in one small file.

A policy is `deal(view, rng, **parameters) -> hand` (`view.View` says what it sees). How to write
one: simulations/ODD.md, section 8."""

from __future__ import annotations

from . import (  # noqa: F401  (importing registers them)
    adaptive,
    bounds,
    chronological,
    coffee,
    collaborative,
    friends,
    independent,
    lasting,
    popularity,
    rerank,
    similarity,
    soft,
    tables,
    vouched,
)
from .policy import POLICIES, Policy, load, parameters_of, policy

__all__ = ["POLICIES", "Policy", "load", "parameters_of", "policy"]
