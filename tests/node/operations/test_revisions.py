"""What an event said before, as this node saw it."""

from __future__ import annotations

from pathlib import Path

from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce.revisions import changed, revisions
from potluck.node.operations.forms import EventForm
from potluck.protocol.announcement import Place, Status
from tests.builders import NOW, body, signed
from tests.node.at_home import at_home, receive


async def test_each_revision_says_what_it_changed_the_latest_first(tmp_path: Path) -> None:
    place = Place("Mill", None, 52.5, 13.4)
    async with at_home(tmp_path) as service:
        announced = signed(slot=1, issued_at=NOW - 300)
        for one in (
            announced,
            signed(slot=1, revision=1, issued_at=NOW - 200, what=body("Stew night", place=place)),
            signed(
                slot=1, revision=3, status=Status.CANCELLED, what=body("Stew night", place=place)
            ),
        ):
            await receive(service, one)
        last, second, first = await revisions(service, announced.id.hex())

        assert [each["revision"] for each in (last, second, first)] == [3, 1, 0]
        assert (last["status"], last["was"]) == ("cancelled", {"status": "scheduled"})
        assert second["was"] == {"title": first["title"], "place": first["place"]}
        assert first["was"] == {}
        assert first["issued_at"] < second["issued_at"] < last["issued_at"]


async def test_what_one_announced_and_changed_oneself_is_told_too(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        form = EventForm(title="Walk", start="2026-11-28T15:00", near="Berlin")
        made = await events.announce(service, form)
        await events.postpone(service, made["id"], EventForm())
        last, first = await revisions(service, made["id"])

        assert (first["start"], last["start"]) == ("2026-11-28T15:00:00+01:00", None)
        assert last["was"].keys() == {"status", "start", "end"}


async def test_a_withdrawn_event_has_no_earlier_words(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        gone = signed(slot=1, revision=1, status=Status.WITHDRAWN)
        await receive(service, signed(slot=1), gone)

        assert [each["title"] for each in await revisions(service, gone.id.hex())] == [None]


def test_the_signature_is_no_change() -> None:
    before, now = (
        {"id": id, "revision": at, "issued_at": at, "title": "Soup"} for at, id in enumerate("ab")
    )

    assert changed(before, now) == {}
    assert changed({"title": "Stew"}, now) == {"title": "Stew"}
