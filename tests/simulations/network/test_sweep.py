"""Sweeps of the network laboratory: settings and seeds, a row each, and going on later."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from potluck.simulations.mixing.runner import T
from potluck.simulations.mixing.scenario import InvalidScenario
from potluck.simulations.network import decks, scenario, surrounding, sweep

SLOTS = scenario.Slots("crowd", "how much of the slots?", surrounding.Crowd(victims=20))
AXES: dict[str, list[Any]] = {"crowd.ranges": [1, 300], "crowd.seeded": [True, False]}


def test_a_sweep_has_a_row_of_each_setting_and_seed_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    first = list(sweep.sweep(SLOTS, {"crowd.ranges": [1]}, [1], file))
    written = file.read_bytes()
    rows = list(sweep.sweep(SLOTS, AXES, [1, 2], file))

    assert len(rows) == 8
    assert first[0].processor in {row.processor for row in rows}  # it was not run again
    assert file.read_bytes().startswith(written)
    assert sorted(map(str, sweep.sweep(SLOTS, AXES, [1, 2], file))) == sorted(map(str, rows))
    assert "<svg" in sweep.picture(rows, "crowd.ranges", ["mean", "worst"], "Slots")
    with pytest.raises(InvalidScenario, match="these are: mean, worst, surrounded, processor"):
        sweep.picture(rows, "crowd.ranges", ["means"], "Slots")


def test_workers_elsewhere_find_what_one_process_does(tmp_path: Path) -> None:
    """Jobs and rows travel; the last may come first."""
    seen: list[tuple[int, int]] = []

    def elsewhere(jobs: Sequence[Callable[[], T]]) -> Iterator[T]:
        for job in reversed(jobs):
            yield pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(job))()))

    def note(done: int, total: int) -> None:
        seen.append((done, total))

    alone = sweep.sweep(SLOTS, AXES, [1], tmp_path / "alone.jsonl")
    many = sweep.sweep(SLOTS, AXES, [1], tmp_path / "many.jsonl", elsewhere, note)

    def found(rows: Iterator[sweep.Row]) -> list[str]:
        return sorted(str((row.scenario, row.settings, row.found)) for row in rows)

    assert found(many) == found(alone)
    assert seen == [(done, 4) for done in range(5)]


def test_what_other_code_found_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rows.jsonl"
    before = list(sweep.sweep(SLOTS, {}, [1], file))
    (tmp_path / "protocol").mkdir()
    (tmp_path / "protocol" / "draw.py").write_text("another = 1\n", encoding="utf-8")
    monkeypatch.setattr(sweep, "PACKAGE", tmp_path)
    sweep.code.cache_clear()
    try:
        after = list(sweep.sweep(SLOTS, {}, [1], file))
    finally:
        sweep.code.cache_clear()

    assert before[0].found == after[0].found
    assert before[0].scenario != after[0].scenario
    assert len(file.read_bytes().splitlines()) == 2


def test_what_a_scenario_cannot_mean_is_refused() -> None:
    with pytest.raises(InvalidScenario, match="ranges"):
        scenario.varied(SLOTS, {"crowd.ranges": 0})


def test_seeded_slots_are_taken_by_ranges_and_not_by_names() -> None:
    few, unseeded = (
        surrounding.surround(surrounding.Crowd(90, 600, 10, seeded, victims=100), 1)
        for seeded in (True, False)
    )

    assert few.mean == pytest.approx(0.1, abs=0.03)
    assert unseeded.mean == pytest.approx(600 / 690, abs=0.03)


def test_a_full_deck_is_uniform_over_organisers_whatever_they_announced() -> None:
    held = decks.fill(decks.Filling(room=600, seen=6000, organisers=3000), 1)

    assert held.events <= 600
    assert held.seen_by_tenth[0] > 0.4
    assert held.organisers_by_tenth == pytest.approx([held.organisers] * 10, abs=0.12)
    assert held.early == pytest.approx(held.late, abs=0.15)
