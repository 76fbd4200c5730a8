"""A site as a folder: what is written, what stays, and what is left alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from potluck.node.web.site import folder
from potluck.node.web.site.edition import PART, files, parts_of
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import LocalError, Refused
from tests.builders import NOW, host, signed

from .town import announced, event, said


def test_only_what_changed_is_written_and_old_decks_stay_a_day(tmp_path: Path) -> None:
    first = files(said(announced(3)))
    second = files(said(announced(4)))
    done = [
        folder.write(tmp_path / "site", first, NOW),
        folder.write(tmp_path / "site", first, NOW + 60),
        folder.write(tmp_path / "site", second, NOW + 120),
    ]
    (old,) = (name for name in first if name.startswith("deck/"))

    assert done[0] == {"files": len(first), "written": len(first), "removed": 0}
    assert done[1]["written"] == 0
    assert 0 < done[2]["written"] < len(second)
    assert (tmp_path / "site" / old).is_file()
    last = folder.write(tmp_path / "site", second, NOW + 120 + DAY)
    assert last["removed"] == 1
    assert not (tmp_path / "site" / old).exists()


def test_what_names_others_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def put(path: Path, _content: bytes) -> bool:
        order.append(path.name)
        return True

    monkeypatch.setattr(folder, "_put", put)
    folder.write(tmp_path / "site", files(said(announced(2))), NOW)

    assert order[-3:] == ["index.html", "site.json", folder.MARK]


def test_on_a_full_disk_the_site_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = files(said(announced(2)))
    folder.write(tmp_path / "site", first, NOW)

    def full(self: Path, _content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(LocalError, match="No space left"):
        folder.write(tmp_path / "site", files(said(announced(5))), NOW + 60)
    monkeypatch.undo()

    assert {name: (tmp_path / "site" / name).read_bytes() for name in first} == first
    assert not list((tmp_path / "site").rglob(".*.new"))


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear", encoding="utf-8")
    with pytest.raises(Refused, match="not a site's"):
        folder.write(tmp_path, files(said([])), NOW)
    (tmp_path / folder.MARK).write_text("[", encoding="utf-8")
    with pytest.raises(LocalError, match="publish again"):
        folder.write(tmp_path, files(said([])), NOW)

    assert (tmp_path / "letter.txt").read_text("utf-8") == "Dear"


def test_one_event_changes_one_part_of_a_large_deck() -> None:
    held = [signed(host(n % 60 + 1), slot=n, what=event(n)) for n in range(PART + 20)]
    said_again = signed(host(1), revision=1, slot=0, what=event(3))
    before, after = (
        {part["file"] for part in json.loads(parts_of(said(each))[0]["site.json"])["deck"]}
        for each in (held, [said_again, *held[1:]])
    )

    assert len(before) == len(after) == 2
    assert len(before & after) == 1


def test_two_sites_that_say_the_same_are_the_same_to_the_byte() -> None:
    held = announced(5)
    assert files(said(held)) == files(said(held[::-1]))


@pytest.mark.parametrize(
    ("base", "asked", "own"),
    [
        ("https://ferry.example", None, True),
        ("https://ferry.example/", None, True),
        ("https://host.example/ferry/", None, False),
        ("https://host.example/ferry/", True, True),
        (None, None, False),
    ],
)
def test_an_address_with_a_path_is_shared_unless_said(base: Any, asked: Any, own: Any) -> None:
    site = json.loads(files(said([], base=base, own_origin=asked))["site.json"])
    assert site["own_origin"] is own


def test_a_card_without_scripts_is_there_for_search_engines_and_calendars() -> None:
    (signed_,) = announced(1)
    site = files(said([signed_]))
    name = f"event/{host(1).key.hex()[:16]}-{1:016x}"

    assert b'"@type": "Event"' in site[f"{name}.html"] or b'"@type":"Event"' in site[f"{name}.html"]
    assert b"og:title" in site[f"{name}.html"]
    assert b"BEGIN:VEVENT" in site[f"{name}.ics"]
