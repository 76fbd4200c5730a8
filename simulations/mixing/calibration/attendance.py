"""Who went to which group how often: from files or from a run, and the moments that describe it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from numpy.typing import NDArray

from potluck.protocol.errors import LocalError, NotFound
from potluck.simulations.mixing.metrics.inequality import gini_of
from potluck.simulations.mixing.metrics.mixing import assortativity_of
from potluck.simulations.mixing.record import Record

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Attendance:
    """One row per (person, group) with at least one visit.

    `interest` and `held` are per group: its category, and the events it held."""

    person: Ints
    group: Ints
    visits: Ints
    interest: Ints
    held: Ints
    names: tuple[str, ...]
    """Names of the interests."""

    def of_people(self, chosen: Ints) -> Attendance:
        """A bootstrap sample: each pick counts as a person of its own."""
        order = np.argsort(self.person, kind="stable")
        starts = np.searchsorted(self.person[order], np.arange(self.person.max() + 2))
        picked = [order[starts[i] : starts[i + 1]] for i in chosen]
        rows, who = np.concatenate(picked), np.repeat(np.arange(len(chosen)), [*map(len, picked)])
        return Attendance(
            who, self.group[rows], self.visits[rows], self.interest, self.held, self.names
        )


def read(attendance: Path, groups: Path) -> Attendance:
    """Data of the Nashville form: `person,group,events_attended` and
    `group,category,members,events_held`.

    Raises NotFound or LocalError that names the column that is missing."""
    rows = _columns(attendance, ("person", "group", "events_attended"))
    kinds = _columns(groups, ("group", "category", "events_held"))
    names, interest = np.unique(kinds["category"].astype(str), return_inverse=True)
    order = np.argsort(kinds["group"])
    known = kinds["group"][order]
    place = np.searchsorted(known, rows["group"]).clip(max=len(known) - 1)
    if not np.array_equal(known[place], rows["group"]):
        raise LocalError(f"{attendance} names groups that {groups} does not have")
    _, person = np.unique(rows["person"], return_inverse=True)
    return Attendance(
        person, place, rows["events_attended"], interest[order], kinds["events_held"][order],
        tuple(names),
    )  # fmt: skip


def _columns(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    if not path.exists():
        raise NotFound(f"there is no file {path}")
    try:
        table = pc.read_csv(path)
    except pa.ArrowInvalid as error:
        raise LocalError(f"{path} is not a CSV file with a header: {error}") from None
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise LocalError(f"{path} lacks the column {missing[0]!r}; it needs {', '.join(names)}")
    return {name: table[name].to_numpy() for name in names}


MOST = 200
"""Events of a group that the data has at most: its source was cut off there."""


def of_run(record: Record, most: int = MOST) -> Attendance:
    """What data of this form would show of a run: hosts as groups, with most of their events'
    interest, and of each host the last `most` events that somebody attended."""
    tables = record.tables
    groups = len(tables.honest)
    held_ones = np.flatnonzero(tables.going > 0)[::-1]
    order = held_ones[np.argsort(tables.event_host[held_ones], kind="stable")]
    rank = np.arange(len(order)) - np.searchsorted(
        tables.event_host[order], tables.event_host[order]
    )
    kept = np.zeros(len(tables.going), np.bool_)
    kept[order[rank < most]] = True
    went = kept[tables.what]
    host = tables.event_host[tables.what[went]].astype(np.int64)
    pairs, visits = np.unique(tables.who[went].astype(np.int64) * groups + host, return_counts=True)
    _, person = np.unique(pairs // groups, return_inverse=True)
    counts = np.zeros((groups, record.groups), dtype=np.int64)
    np.add.at(counts, (tables.event_host, tables.event_cluster), 1)
    held = np.bincount(tables.event_host[kept], minlength=groups)
    names = tuple(str(index) for index in range(record.groups))
    return Attendance(person, pairs % groups, visits, counts.argmax(axis=1), held, names)


def mixing(data: Attendance) -> Floats:
    """Interests that share people, shape (interests, interests).

    Counts ordered pairs of different groups that one person visited."""
    kinds = len(data.names)
    people = int(data.person.max()) + 1
    went = np.zeros((people, kinds))
    np.add.at(went, (data.person, data.interest[data.group]), 1.0)
    matrix: Floats = went.T @ went
    matrix[np.diag_indices(kinds)] -= went.sum(axis=0)
    return matrix


FITTED = (
    "attendances per person", "people seen once", "visits per person and group", "repeat visitors",
    "groups per person", "inequality of groups", "sorting of interests",
    "people at a meeting, median", "people at a meeting, by attendance",
)  # fmt: skip
HELD_OUT = (
    "people seen 5 times or more", "people seen 20 times or more", "5 visits or more to a group",
    "people in one group", "people in 5 groups or more", "interests per person",
    "visits to the first interest", "people at a meeting, median of other groups",
    "attendances at meetings below three, of other groups",
)  # fmt: skip


def moments(data: Attendance, *, split: bool = False) -> dict[str, float]:
    """All moments of `FITTED` and `HELD_OUT`, shares unless the name says otherwise; 0 if nobody
    went.

    A group's meeting has its visits by its events, since data of this form says no more. With
    `split` fitted sizes of meetings are those of every second group, held-out ones the others'."""
    if len(data.person) == 0:
        return dict.fromkeys((*FITTED, *HELD_OUT), 0.0)
    total = np.bincount(data.person, weights=data.visits)
    groups = np.bincount(data.person)
    by_interest = np.zeros((len(total), len(data.names)))
    np.add.at(by_interest, (data.person, data.interest[data.group]), data.visits)
    shared = mixing(data)
    by_group = np.bincount(data.group, weights=data.visits, minlength=len(data.held))
    met = np.flatnonzero((data.held > 0) & (by_group > 0))
    size, visits = by_group[met] / data.held[met], by_group[met]
    every = np.ones(len(met), np.bool_)
    fitted, other = (met % 2 == 0, met % 2 == 1) if split else (every, every)
    first = (by_interest.max(axis=1) / total)[groups >= 2]
    found = {
        "attendances per person": total.mean(),
        "people seen once": (total == 1).mean(),
        "visits per person and group": data.visits.mean(),
        "repeat visitors": (data.visits >= 2).mean(),
        "groups per person": groups.mean(),
        "inequality of groups": gini_of(by_group),
        "sorting of interests": assortativity_of(shared) if shared.any() else 0.0,
        "people at a meeting, median": np.median(size[fitted]),
        "people at a meeting, by attendance": np.average(size[fitted], weights=visits[fitted]),
        "people seen 5 times or more": (total >= 5).mean(),
        "people seen 20 times or more": (total >= 20).mean(),
        "5 visits or more to a group": (data.visits >= 5).mean(),
        "people in one group": (groups == 1).mean(),
        "people in 5 groups or more": (groups >= 5).mean(),
        "interests per person": (by_interest > 0).sum(axis=1).mean(),
        "visits to the first interest": first.mean() if len(first) else np.nan,
        "people at a meeting, median of other groups": np.median(size[other]),
        "attendances at meetings below three, of other groups": (
            visits[other & (size < 3)].sum() / visits[other].sum()
        ),
    }
    return {name: float(value) for name, value in found.items()}
