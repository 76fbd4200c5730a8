"""The policy that ODD.md shows is one."""

from __future__ import annotations

import re
from pathlib import Path

from potluck.simulations import mixing
from potluck.simulations.mixing import experiment, scenario_file

DOCUMENT = experiment.SCENARIOS.parent / "ODD.md"


def test_the_documents_policy_runs_as_it_says(tmp_path: Path) -> None:
    """Its two files, as they stand there; compared and reported after the policy's file is gone."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for name, kind in (("nearest.py", "python"), ("mine.toml", "toml")):
        block = re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)
        assert block is not None
        (tmp_path / name).write_text(block[1], encoding="utf-8")
    asked = mixing.load(tmp_path / "mine.toml")
    folder = mixing.execute(asked, tmp_path / "out")
    (tmp_path / "nearest.py").unlink()
    del mixing.POLICIES["nearest"]

    again = scenario_file.build(experiment.Experiment, mixing.Manifest(folder).read()["experiment"])
    page = mixing.write_report(folder, again).read_text(encoding="utf-8")
    assert [cell.policy for cell in again.cells] == ["organisers", "nearest (jitter=0.2)"]
    assert "<dt>nearest</dt><dd>The nearest events." in page
    del mixing.POLICIES["nearest"]
