"""The hunt: plans from seeds until one breaks a property, then the shortest that still does."""

import time
from collections.abc import Callable, Iterator

import msgspec
import tomlkit

from .fault_plan import Plan, made_up
from .scenario import Nodes
from .world import Outcome, live


class Find(msgspec.Struct, frozen=True):
    """A plan that breaks a property, and what it showed."""

    seed: int
    plan: Plan
    outcome: Outcome

    def to_toml(self) -> str:
        """A scenario file that shows it: `potluck simulate network FILE --seed SEED`."""
        scenario = Nodes(
            name=f"seed {self.seed}", question="; ".join(self.outcome.wrong)[:500], plan=self.plan
        )
        return tomlkit.dumps(msgspec.to_builtins(scenario))


def hunt(
    seconds: float,
    first: int,
    report: Callable[[int], None],
    plans: Callable[[int], Plan] = made_up,
) -> Iterator[Find]:
    """What breaks, among the seeds from `first` on, until the time is over; each shrunk."""
    end, seed = time.monotonic() + seconds, first
    while time.monotonic() < end:
        plan = plans(seed)
        outcome = live(plan, seed)
        if outcome.wrong:
            yield shrunk(Find(seed, plan, outcome), end)
        report(seed)
        seed += 1


def shrunk(find: Find, end: float) -> Find:
    """The same with as few steps as still break something, as far as the time goes (delta
    debugging: Zeller and Hildebrandt 2002)."""
    size = max(1, len(find.plan.steps) // 2)
    while time.monotonic() < end:
        less = _without_some(find, size)
        if less is not None:
            find = less
        elif size == 1:
            break
        else:
            size //= 2
    return find


def _without_some(find: Find, size: int) -> Find | None:
    steps = find.plan.steps
    for at in range(0, len(steps), size):
        plan = msgspec.structs.replace(find.plan, steps=steps[:at] + steps[at + size :])
        outcome = live(plan, find.seed)
        if outcome.wrong:
            return Find(find.seed, plan, outcome)
    return None
