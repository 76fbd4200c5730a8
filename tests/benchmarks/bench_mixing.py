"""What a core computes in a second: days of people's lives, hands and attendances; beside peers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from venv import EnvBuilder

PEERS = Path(__file__).parent / "peers"

SIZES = {10_000: 60, 100_000: 20, 1_000_000: 10}
"""People, and days of the run: fewer for more people, so that all ends in minutes. Setting up a
world counts and weighs more in a short run (at ten days about a third), so the figures for many
people are low ones."""

POLICIES = ("organisers", "events", "tables")

PATIENCE = 300
"""Seconds after which a step of a peer's (installing it, running it) is given up, and the bench
goes on."""

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
    small = replace(base, people=replace(base.people, count=2000))
    play(replace(small, time=replace(small.time, days=15)), 1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in sys.argv[4:]:
    base = replace(base, policy=PolicyChoice(name))
    started = process_time()
    base = replace(base, people=replace(base.people, count=people))
    record = play(replace(base, time=replace(base.time, days=days)), 1)
    acts = people * days, int(record.tables.hands.sum()), len(record.tables.who)
    found[name] = [act / (process_time() - started) for act in acts]
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([found, memory * 1024 / people]))
"""


Acts = tuple[float, float, float]
"""Person-steps, hands dealt and chosen from, and attendances, each per core-second."""


def runs(features: str, people: int, days: int) -> tuple[dict[str, Acts], float]:
    """Acts by policy, and bytes per person of the largest run; in a process of their own."""
    words = [sys.executable, "-c", RUNS, features, str(people), str(days), *POLICIES]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found, memory = json.loads(done.stdout)
    return found, memory


def peer(home: Path, script: str, *installs: tuple[str, ...]) -> float:
    """Acts per core-second of a peer's model, in an environment made for it, from wheels only."""
    EnvBuilder(with_pip=True).create(home)
    python = str(home / "bin" / "python")
    quietly = ("--quiet", "--disable-pip-version-check", "--only-binary", ":all:")
    pip = [python, "-m", "pip", "install", *quietly]
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
    """Draw policies with the first model's features and with all, at three sizes; then the
    peers."""
    steps = hands = 0.0
    for features, bar in (("first", 2.5), ("full", 1.2)):
        print(f"\nMillions a core-second, {features} features (bar for person-steps: {bar})")
        for people, days in SIZES.items():
            found, memory = runs(features, people, days)
            for policy, acts in found.items():
                step, hand, attendance = (act / 1e6 for act in acts)
                print(
                    f"  {people:>9,} people, {days} days, {policy}: {step:.2f} person-steps "
                    f"({step / bar:.1f} of the bar), {hand:.2f} hands, {attendance:.2f} attendances"
                )
            print(f"  {'':>9} {memory:,.0f} B per person", flush=True)
            if features == "first":
                steps, hands = max(steps, found["events"][0]), max(hands, found["events"][1])
    beside("Mesa 3", steps, tmp_path / "mesa", "mesa_model.py", ("mesa>=3,<4", "numpy"))
    print("T-RECS: every user is shown a list and chooses in every step, so beside hands")
    science = ("numpy<2", "lenskit<2025", "scipy", "pandas", "networkx", "tqdm")
    alone = ("--no-deps", "trecs==0.2.1")
    beside("T-RECS", hands, tmp_path / "trecs", "trecs_model.py", science, alone)
