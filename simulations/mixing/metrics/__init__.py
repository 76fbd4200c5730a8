"""
Metrics: what is measured of a run. Each is one function of a `Record` with its formula, source and
unit.

A metric yields (day, value) pairs; day -1 stands for the whole run. `HEADLINE` names a few.
"""

from . import (  # noqa: F401  (importing registers them)
    encounters,
    inequality,
    lived,
    mixing,
    segregation,
    shown,
)
from .metric import CHAIN, HEADLINE, METRICS, Metric, metric

__all__ = ["CHAIN", "HEADLINE", "METRICS", "Metric", "metric"]
