"""How many days of people's lives a core computes in a second, beside Mesa and T-RECS."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from venv import EnvBuilder

PEERS = Path(__file__).parent / "peers"

SIZES = {10_000: 60, 100_000: 20, 1_000_000: 10}
"""People, and days of the run: fewer for more people, so that all ends in minutes. Setting up a world counts
and weighs more in a short run (at ten days about a third), so the figures for many people are low ones."""

POLICIES = ("organisers", "events", "tables")

PATIENCE = 300
"""Seconds after which a step of a peer's (installing it, running it) is given up, and the bench goes on."""

RUNS = """
import json, resource, sys
from msgspec.structs import replace
from time import process_time
from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.scenario import PILOT, People, PolicyChoice, Scenario, Time

base = {"first": PILOT, "full": Scenario()}[sys.argv[1]]
people, days, found = int(sys.argv[2]), int(sys.argv[3]), {}
for name in sys.argv[4:]:
    base = replace(base, policy=PolicyChoice(name))
    play(replace(base, people=replace(base.people, count=2000), time=replace(base.time, days=15)), 1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in sys.argv[4:]:
    base = replace(base, policy=PolicyChoice(name))
    started = process_time()
    play(replace(base, people=replace(base.people, count=people), time=replace(base.time, days=days)), 1)
    found[name] = people * days / (process_time() - started)
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([found, memory * 1024 / people]))
"""


def runs(features: str, people: int, days: int) -> tuple[dict[str, float], float]:
    """Person-steps per core-second by policy, and bytes per person of the largest; in their own process."""
    words = [sys.executable, "-c", RUNS, features, str(people), str(days), *POLICIES]
    found, memory = json.loads(
        subprocess.run(words, check=True, capture_output=True, text=True).stdout
    )
    return found, memory


def peer(home: Path, script: str, *installs: tuple[str, ...]) -> float:
    """Person-steps per core-second of a peer's model, in an environment made for it, from wheels only."""
    EnvBuilder(with_pip=True).create(home)
    python = str(home / "bin" / "python")
    pip = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
    ]
    for packages in installs:
        subprocess.run([*pip, *packages], check=True, timeout=PATIENCE)
    words = [python, "-W", "ignore", str(PEERS / script)]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=PATIENCE)
    return float(done.stdout)


def beside(name: str, best: float, home: Path, script: str, *installs: tuple[str, ...]) -> None:
    """Print a peer's figure and how many times as fast ours is, or why there is none."""
    try:
        speed = peer(home, script, *installs)
    except subprocess.SubprocessError as error:
        print(f"{name:8}  not measured: {error}")
    else:
        print(f"{name:8}  {speed:10,.0f}   ours is {best / speed:.0f} times as fast", flush=True)


def bench_mixing(tmp_path: Path) -> None:
    """Draw policies with the first model's features and with all, at three sizes; then the peers."""
    best = 0.0
    for features, bar in (("first", 2.5), ("full", 1.2)):
        print(
            f"\nMillion person-steps per core-second, {features} features (bar: {bar}); bytes per person"
        )
        for people, days in SIZES.items():
            found, memory = runs(features, people, days)
            figures = "   ".join(
                f"{policy} {speed / 1e6:.2f} ({speed / 1e6 / bar:.1f} of the bar)"
                for policy, speed in found.items()
            )
            print(f"  {people:>9,} people, {days} days   {figures}   {memory:,.0f} B", flush=True)
            if features == "first":
                best = max(best, found["events"])
    beside("Mesa 3", best, tmp_path / "mesa", "mesa_model.py", ("mesa>=3,<4", "numpy"))
    print("T-RECS has no meeting, distance, friends or quorum:")
    beside(
        "T-RECS",
        best,
        tmp_path / "trecs",
        "trecs_model.py",
        ("numpy<2", "lenskit<2025", "scipy", "pandas", "networkx", "tqdm"),
        ("--no-deps", "trecs==0.2.1"),
    )
