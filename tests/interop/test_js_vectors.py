"""The golden vectors hold for code that shares nothing with ours, in another language."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from potluck.protocol.candidate import Candidate
from tests.vectors.worlds import WORLDS

VECTORS = Path(__file__).parents[1] / "vectors"
CHECKED = {
    "announcement.json": {"keys", "stamps", "signatures", "slots", "announcements", "refused"},
    "draw.json": {"draws", "source_stamps"},
    "receipt.json": {"receipts", "differing"},
}


def row(one: Candidate) -> list[str | None]:
    """A candidate as a receipt writes it."""
    return [one.host.hex(), f"{one.slot:016x}", one.id.hex(), one.series, one.source]


@pytest.mark.soak
def test_the_golden_vectors_hold_in_javascript(installed: Path) -> None:
    worlds = installed / "worlds.json"
    worlds.write_text(json.dumps({name: list(map(row, deck)) for name, deck in WORLDS.items()}))
    command = ["node", "vectors.mjs", str(VECTORS), str(installed), str(worlds)]
    run = subprocess.run(
        command, cwd=installed, check=True, capture_output=True, text=True, timeout=60
    )
    found = json.loads(run.stdout)

    assert found["wrong"] == []
    assert found["checked"] == {
        part: len(cases)
        for file, parts in CHECKED.items()
        for part, cases in json.loads((VECTORS / file).read_text(encoding="utf-8")).items()
        if part in parts
    }
