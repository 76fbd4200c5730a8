"""What the documents say is there, and what is there is in the documents."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
import reference

from potluck.cli.__main__ import EXIT_CODES
from potluck.node import limits
from potluck.node.calendars.sample import sample_calendar
from potluck.node.home.config import Config
from potluck.node.web.metrics import BUILD, GAUGES, INTAKE
from potluck.simulations import mixing
from tests.cli.conftest import Person

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COMMANDS = reference.every_command()
OPERATIONS = (DOCS / "operations.md").read_text("utf-8")


def first_cells(heading: str) -> list[str]:
    """The first cells of the table in a chapter of the operations manual."""
    chapter = OPERATIONS.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| ([^|]+?) \|", chapter, re.MULTILINE)[1:]


def quoted(cells: list[str]) -> list[str]:
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


def test_the_manual_explains_every_setting() -> None:
    assert quoted(first_cells("Settings")) == [each.metadata["key"] for each in fields(Config)]


def test_the_manual_explains_every_metric() -> None:
    names = [*GAUGES, f"{INTAKE[0]}_total", BUILD[0]]

    assert quoted(first_cells("Monitoring")) == names


def test_the_manual_explains_every_exit_code() -> None:
    assert first_cells("Exit codes") == [str(code) for code in sorted({0, 1, *EXIT_CODES.values()})]


def test_every_policy_and_measure_says_what_it_is_and_whose() -> None:
    assert [name for name, each in mixing.METRICS.items() if not each.doc or not each.source] == []
    assert [name for name, each in mixing.POLICIES.items() if not each.doc or not each.source] == []
    for name, each in mixing.POLICIES.items():
        assert f"| `{name}` |" in reference.policies()
        assert all(f"`{parameter}`" in reference.policies() for parameter in each.parameters)


def test_every_key_of_a_scenario_says_what_it_is() -> None:
    lines = re.findall(r"^\w+ = .*$", reference.scenarios(), re.MULTILINE)

    assert [line for line in lines if "  # " not in line] == []
    assert "| `crash` |" in reference.scenarios()


def test_every_limit_has_its_unit_and_reason() -> None:
    named = [n for names, _, _ in reference.limit_rows() for n in re.findall(r"\w+", names)]
    constants = [n for n in vars(limits) if n.isupper() and n not in ("KIB", "MIB", "GIB")]

    assert sorted(set(named) - {"KIB", "MIB", "GIB"}) == sorted(constants)
    assert all(len(why) > 10 for _, _, why in reference.limit_rows())


@pytest.mark.parametrize("context", COMMANDS, ids=lambda found: found.command_path)
def test_every_command_and_option_says_what_it_is_for(context: click.Context) -> None:
    every = context.command.get_params(context)
    taken = [each for each in every if isinstance(each, click.Option)]

    assert context.command.help
    assert [each.name for each in taken if not each.hidden and not each.help] == []
    assert f"## {context.command_path}\n" in reference.commands()


def test_there_is_a_manual_page_for_every_command(tmp_path: Path) -> None:
    made = [sys.executable, str(DOCS / "man.py"), str(tmp_path)]
    subprocess.run(made, check=True, capture_output=True)
    names = {page.name for page in tmp_path.iterdir()}

    assert names == {f"{found.command_path.replace(' ', '-')}.1" for found in COMMANDS}
    text = (tmp_path / "potluck-draw.1").read_text("utf-8")
    assert "\\-\\-near" in text
    assert "potluck\\-draw \\- " in text


def test_the_site_of_the_documents_is_made_without_a_warning(tmp_path: Path) -> None:
    made = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir"]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}  # of the theme's successor
    run = subprocess.run(
        [*made, str(tmp_path)], cwd=ROOT, env=quiet, check=False, capture_output=True, text=True
    )

    assert (run.returncode, run.stderr) == (0, "")
    text = "".join(page.read_text("utf-8") for page in tmp_path.rglob("*.html"))
    loaded = re.findall(r'<(?:script|link|img)[^>]* (?:src|href)="(https?:[^"]+)"', text)
    assert loaded == [], "whoever reads asks nobody else"


@pytest.mark.parametrize(
    "page",
    [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *(ROOT / "simulations").glob("*.md")],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_no_link_to_a_file_is_dead(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    dead = [
        link for link in links if not (page.parent / link).exists() and link not in reference.PAGES
    ]

    assert dead == []


def mentioned(page: Path) -> set[str]:
    """The commands that a page shows, each in one line: in blocks of code, and in sentences."""
    text = page.read_text("utf-8").replace("\\\n", " ")
    blocks = re.findall(r"^(?: {4}|\$ )(?:\$ )?(potluck .*)$", text, re.MULTILINE)
    spans = re.findall(
        r"`(potluck [^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    )
    return {" ".join(found.split()) for found in [*blocks, *spans]}


SHOWN = [
    (page, line)
    for page in [ROOT / "README.md", ROOT / "SECURITY.md", *sorted(DOCS.glob("*.md"))]
    for line in sorted(mentioned(page))
    if line not in ("potluck NOUN VERB", "potluck …")
]


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=lambda each: getattr(each, "name", each))
def test_a_command_that_a_page_shows_is_there_with_its_options(page: Path, line: str) -> None:
    known = {found.command_path: found for found in COMMANDS}
    path, options = "potluck", list[str]()
    said = shlex.split(line, comments=True)[1:]
    while said:
        word = said.pop(0)
        if word in ("--home", "--lang"):
            said.pop(0)
        elif f"{path} {word}" in known:
            path = f"{path} {word}"
        elif word.startswith("--"):
            options.append(word.partition("=")[0])
    command = known[path].command
    taken = {
        name
        for context in (known[path], known["potluck"])
        for each in context.command.get_params(context)
        for name in (*each.opts, *each.secondary_opts)
    }

    assert path != "potluck" or options, "a command that there is not"
    assert not isinstance(command, click.Group) or options or path == line.strip()
    assert set(options) <= taken


def typed(page: str) -> list[str]:
    """The commands of a page's consoles."""
    return re.findall(r"^\$ potluck (.+)$", (DOCS / page).read_text("utf-8"), re.MULTILINE)


def words(command: str, known: dict[str, str]) -> list[str]:
    """As a shell splits them, with this year's dates and what only this reader knows."""
    soon = (date.today() + timedelta(days=5)).isoformat()  # noqa: DTZ011
    command = re.sub(r"\b20\d\d-\d\d-\d\d(?=T)", soon, command)
    return [known.get(word, word) for word in shlex.split(command)]


def test_what_the_tutorial_tells_to_type_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    town = sample_calendar(date.today())  # noqa: DTZ011
    (tmp_path / "town.ics").write_bytes(re.sub(rb"GEO:.*\r\n", b"", town))
    reader, known = Person(tmp_path / "ada"), dict[str, str]()
    for command in typed("tutorial.md"):
        said = words(command, known)
        if said[0] == "init":
            said += ["--stamp-bits", "4"]
        out = reader.says(*said)
        if said[0] == "announce":
            known["ID"] = out.strip()
        elif said[:2] == ["tables", "show"]:
            known["LINK"] = reader.json(*said)["link"]

    assert (tmp_path / "friend").is_dir()
    assert "The Ferry House" in (tmp_path / "guests" / "index.html").read_text("utf-8")
    assert reader.json("config", "get", "publish.table")["value"] == "supper"
    assert reader.json("tables", "list")[0]["name"] == "supper"
    shown: Any = reader.json("show", known["ID"])
    assert (shown["status"], shown["about"]) == (
        "cancelled",
        "Cancelled: no onions\n\nBring a bowl.",
    )
