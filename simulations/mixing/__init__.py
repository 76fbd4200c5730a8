"""
The mixing laboratory: how well does a way of finding events mix people, and at what cost?

from potluck.simulations import mixing

    policy = mixing.PolicyChoice("tables", {"size": 500})
    for day, metric, value in mixing.run(mixing.Scenario(policy=policy), seed=1).rows: ...

    folder = mixing.execute(mixing.load(Path("scenario.toml")), Path("results/mine"))
    mixing.write_report(folder, mixing.load(Path("scenario.toml")))
"""

from .experiment import Cell, Experiment, Plan, Range, load
from .intervals import Interval, mean_interval, paired_difference
from .manifest import Manifest
from .metrics import CHAIN, HEADLINE, METRICS, metric
from .model import Result, run
from .policies import POLICIES, policy
from .report import write as write_report
from .results import Folder, daily, whole_run
from .runner import execute
from .scenario import PolicyChoice, Scenario

__all__ = [
    "CHAIN", "HEADLINE", "METRICS", "POLICIES", "Cell", "Experiment", "Folder", "Interval",
    "Manifest", "Plan", "PolicyChoice", "Range", "Result", "Scenario", "daily", "execute",
    "load", "mean_interval", "metric", "paired_difference", "policy", "run", "whole_run",
    "write_report",
]  # fmt: skip
