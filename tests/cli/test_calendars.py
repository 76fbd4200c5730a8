"""Commands about calendars: in, out, and those looked at again."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Person
from tests.node.calendar_text import vcalendar, vevent

SOUP = vevent("DTSTART:20261205T190000Z")
SECRET = vevent("DTSTART:20261206T190000Z", "CLASS:PRIVATE", uid="2@example.net")
ODD = vevent("DTSTART:20261207T190000Z", "RRULE:FREQ=NEVER", uid="3@example.net")


def test_an_import_says_what_it_did_and_left_out(
    tmp_path: Path, someone: Callable[[str], Person]
) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(vcalendar(SOUP, SECRET, ODD))
    ann = someone("ann")

    said = ann.says("import", str(file), "--near", "Berlin")
    assert "2 imported" in said
    assert "1 left out: private" in said
    assert "1 in doubt: how it repeats" in said
    again = ann.json("import", str(file), "--near", "Berlin")
    assert (again["given"], again["unchanged"]) == (3, 2)
    assert again["left_out"] == [{"uid": "2@example.net", "why": "private"}]


def test_calendars_are_added_listed_looked_at_and_removed(
    tmp_path: Path, someone: Callable[[str], Person]
) -> None:
    file = tmp_path / "x.ics"
    file.write_bytes(vcalendar(SOUP))
    ann = someone("ann")
    for command in ("list", "now"):
        assert "No calendar is watched" in ann.says("calendars", command)

    assert "1 imported" in ann.says("calendars", "add", str(file), "--every", "1h")
    assert "every 60 minutes; read on" in ann.says("calendars", "list")
    assert "1 unchanged" in ann.says("calendars", "now", str(file))
    file.unlink()
    assert "No such file" in ann.says("calendars", "now")
    (listed,) = ann.json("calendars", "list")
    assert listed["failing_since"] is not None
    assert "failing since" in ann.says("calendars", "list")
    assert ann.json("calendars", "remove", str(file)) == []
    assert "is not watched" in ann.fails(4, "calendars", "remove", str(file))


def test_everything_goes_to_standard_output_too(someone: Callable[[str], Person]) -> None:
    ann = someone("ann")
    ann.says("announce", "--title", "Soup", "--start", "2026-12-05T19:00", "--tz", "UTC")

    assert ann.says("export", "--ics", "-").startswith("BEGIN:VCALENDAR")
    assert '"title": "Soup"' in ann.says("export", "--events", "-")
    assert ann.run("export", "--deck", "-").stdout_bytes.startswith(b"potluck-deck-v1\n")
    assert "only one thing" in ann.fails(2, "export", "--ics", "-", "--deck", "x")


def test_links_and_pipes_stay_what_they_are(
    tmp_path: Path, someone: Callable[[str], Person]
) -> None:
    ann, link, pipe = someone("ann"), tmp_path / "link.ics", tmp_path / "pipe"
    real = tmp_path / "real.ics"
    link.symlink_to(real.name)
    os.mkfifo(pipe)

    for before in ("", "of an earlier export"):
        if before:
            real.write_text(before)
        ann.says("export", "--ics", str(link))
        assert real.read_text().startswith("BEGIN:VCALENDAR")
    assert "name a plain file" in ann.fails(1, "export", "--ics", str(pipe))
    assert "no plain file" in ann.fails(1, "import", str(pipe))
    assert link.readlink() == Path(real.name)
    assert pipe.is_fifo()


def test_a_postponed_event_without_a_date_is_not_counted(
    tmp_path: Path, someone: Callable[[str], Person]
) -> None:
    ann, file = someone("ann"), tmp_path / "x.ics"
    form = ("--title", "Soup", "--start", "2026-12-05T19:00", "--tz", "UTC")
    ann.says("postpone", ann.json("announce", *form)["id"])

    assert ann.json("export", "--ics", str(file))[0]["events"] == 0
    assert b"VEVENT" not in file.read_bytes()
