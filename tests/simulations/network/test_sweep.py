"""Sweeps of the network laboratory: settings and seeds, a row each, and going on later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from potluck.simulations.mixing.scenario import InvalidScenario
from potluck.simulations.network import decks, scenario, surrounding, sweep

SLOTS = scenario.Slots("crowd", "how much of the slots?", surrounding.Crowd(victims=20))
AXES: dict[str, list[Any]] = {"crowd.ranges": [1, 300], "crowd.seeded": [True, False]}


def test_a_sweep_has_a_row_of_each_setting_and_seed_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    first = list(sweep.sweep(SLOTS, {"crowd.ranges": [1]}, [1], file, 1))
    written = file.read_bytes()
    rows = list(sweep.sweep(SLOTS, AXES, [1, 2], file, 1))

    assert len(rows) == 8
    assert first[0].processor in {row.processor for row in rows}  # it was not run again
    assert file.read_bytes().startswith(written)
    assert sorted(map(str, sweep.sweep(SLOTS, AXES, [1, 2], file, 1))) == sorted(map(str, rows))
    assert "<svg" in sweep.picture(rows, "crowd.ranges", ["mean", "worst"], "Slots")


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
