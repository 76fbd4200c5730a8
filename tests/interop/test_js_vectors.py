"""The golden vectors hold for code that shares nothing with ours, in another language."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[1] / "vectors"
CHECKED = {
    "announcement.json": {"keys", "stamps", "signatures", "slots", "announcements", "refused"},
    "draw.json": {"draws", "wild"},
    "receipt.json": {"receipts", "differing"},
}


@pytest.mark.soak
def test_the_golden_vectors_hold_in_javascript(installed: Path) -> None:
    command = ["node", "vectors.mjs", str(VECTORS), "receipt.js"]
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
