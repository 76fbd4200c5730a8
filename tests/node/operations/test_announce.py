"""Announcing and changing events, as a host does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from potluck.node.errors import Unfit
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.forms import EventForm
from potluck.protocol.errors import NotFound, Refused
from tests import builders
from tests.node.at_home import NETWORK, at_home, receive

SOUP = EventForm(
    title="Soup night", start="2026-12-01T19:00", duration="2h", place="Café X", near="Berlin"
)


async def test_an_announced_event_says_what_the_form_said(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        made = await events.announce(service, SOUP)

        assert await list_events.show(service, made["id"][:6]) == made
        assert await list_events.list_events(service) == [made]
    assert (made["title"], made["tz"], made["status"]) == (
        "Soup night",
        "Europe/Berlin",
        "scheduled",
    )
    assert (made["start"], made["end"]) == (
        "2026-12-01T19:00:00+01:00",
        "2026-12-01T21:00:00+01:00",
    )
    assert made["place"]
    assert made["place"]["name"] == "Café X"
    assert made["place"]["lat"] == pytest.approx(52.5, abs=0.1)


async def test_what_was_announced_is_there_after_the_store_was_closed(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        made = await events.announce(service, SOUP)
    async with at_home(tmp_path) as service:
        assert await list_events.show(service, made["id"]) == made


async def test_a_change_keeps_what_it_does_not_name_and_old_ids_lead_to_it(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        first = await events.announce(service, SOUP)
        second = await events.edit(service, first["id"], EventForm(title="Stew night"))
        third = await events.edit(service, first["id"][:8], EventForm(start="2026-12-02T18:00"))

        assert await list_events.show(service, first["id"]) == third
        assert await list_events.show(service, second["id"]) == third
    assert (third["title"], third["revision"], third["slot"]) == ("Stew night", 2, first["slot"])
    assert (third["start"], third["end"]) == (
        "2026-12-02T18:00:00+01:00",
        "2026-12-02T20:00:00+01:00",
    )


async def test_a_postponed_event_waits_for_its_date(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        made = await events.announce(service, SOUP)
        waiting = await events.postpone(service, made["id"], EventForm())
        later = await events.postpone(service, made["id"], EventForm(start="2026-12-08T19:00"))

    assert (waiting["status"], waiting["start"]) == ("postponed", None)
    assert (later["status"], later["start"]) == ("postponed", "2026-12-08T19:00:00+01:00")


async def test_a_cancelled_event_says_why_and_a_withdrawn_one_says_nothing(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        made = await events.announce(service, SOUP)
        cancelled = await events.cancel(service, made["id"], "no onions")
        withdrawn = await events.withdraw(service, made["id"])

        assert await list_events.list_events(service) == []
        with pytest.raises(Refused, match="withdrawn"):
            await events.edit(service, made["id"], EventForm(title="Soup again"))
    assert (cancelled["status"], cancelled["about"]) == ("cancelled", "Cancelled: no onions")
    assert (withdrawn["status"], withdrawn["title"]) == ("withdrawn", None)


async def test_only_the_host_changes_an_event(tmp_path: Path) -> None:
    theirs = builders.signed(builders.host(5), network=NETWORK)
    async with at_home(tmp_path) as service:
        await receive(service, theirs)

        with pytest.raises(Refused, match="another host"):
            await events.cancel(service, theirs.id.hex())


async def test_an_id_must_be_known(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(NotFound):
            await list_events.show(service, "00" * 32)
        with pytest.raises(NotFound):
            await list_events.show(service, "soup")


async def test_a_day_alone_is_all_day_to_its_last_day(tmp_path: Path) -> None:
    form = EventForm(title="Fair", start="2026-12-05", end="2026-12-06", near="Lisboa")
    async with at_home(tmp_path) as service:
        made = await events.announce(service, form)

    assert (made["all_day"], made["tz"]) == (True, "Europe/Lisbon")
    assert (made["start"], made["end"]) == (
        "2026-12-05T00:00:00+00:00",
        "2026-12-07T00:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("title", {"start": "2026-12-01T19:00"}),
        ("title", {"title": "x" * 141, "start": "2026-12-01T19:00"}),
        ("start", {"title": "Soup"}),
        ("start", {"title": "Soup", "start": "tomorrow"}),
        ("start", {"title": "Soup", "start": "2027-03-28T02:30", "tz": "Europe/Berlin"}),
        ("start", {"title": "Soup", "start": "2027-10-31T02:30", "tz": "Europe/Berlin"}),
        ("end", {"title": "Soup", "start": "2026-12-01T19:00", "end": "2026-12-01T18:00"}),
        ("end", {"title": "Soup", "start": "2026-12-01T19:00", "end": "2026-12-02"}),
        ("duration", {"title": "Soup", "start": "2026-12-01T19:00", "duration": "soon"}),
        ("tz", {"title": "Soup", "start": "2026-12-01T19:00", "tz": "Europe/Potluck"}),
        ("at", {"title": "Soup", "start": "2026-12-01T19:00", "at": "here"}),
        ("url", {"title": "Soup", "start": "2026-12-01T19:00", "url": "ftp://x"}),
        ("lang", {"title": "Soup", "start": "2026-12-01T19:00", "lang": "Deutsch!"}),
        ("topic", {"title": "Soup", "start": "2026-12-01T19:00", "topics": tuple("abcdef")}),
        ("capacity", {"title": "Soup", "start": "2026-12-01T19:00", "capacity": 0}),
        ("access", {"title": "Soup", "start": "2026-12-01T19:00", "access": {"Lift!": True}}),
        ("rrule", {"title": "Soup", "start": "2026-12-01T19:00", "rrule": "FREQ=SECONDLY"}),
    ],
)
async def test_an_error_names_the_field(tmp_path: Path, field: str, fields: dict[str, Any]) -> None:
    async with at_home(tmp_path) as service:
        with pytest.raises(Unfit) as error:
            await events.announce(service, EventForm.read(fields))

        assert error.value.field == field
        assert await list_events.list_events(service) == []


async def test_a_time_that_the_clocks_skip_suggests_another(tmp_path: Path) -> None:
    form = EventForm(title="Soup", start="2027-03-28T02:30", tz="Europe/Berlin")
    async with at_home(tmp_path) as service:
        with pytest.raises(Unfit, match="2027-03-28T03:30"):
            await events.announce(service, form)


async def test_a_time_that_comes_twice_can_be_said_with_its_offset(tmp_path: Path) -> None:
    form = EventForm(title="Soup", start="2027-10-31T02:30+01:00", tz="Europe/Berlin")
    async with at_home(tmp_path) as service:
        made = await events.announce(service, form)

    assert made["start"] == "2027-10-31T02:30:00+01:00"


async def test_a_list_goes_by_time_or_by_title_and_leaves_out_what_is_over(tmp_path: Path) -> None:
    events_ = [
        builders.signed(
            builders.host(number),
            network=NETWORK,
            what=builders.body(title, builders.NOW + hours * 3600),
        )
        for number, (title, hours) in enumerate([("Zither", 5), ("apples", 9), ("Bread", -5)])
    ]
    async with at_home(tmp_path) as service:
        await receive(service, *events_)

        by_time = [event["title"] for event in await list_events.list_events(service)]
        by_title = [
            event["title"]
            for event in await list_events.list_events(service, past=True, order="title")
        ]
    assert by_time == ["Zither", "apples"]
    assert by_title == ["apples", "Bread", "Zither"]
