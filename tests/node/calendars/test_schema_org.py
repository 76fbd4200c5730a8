"""Events that a web page tells search engines of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from potluck.node.calendars.draft import Draft, Scope
from potluck.node.calendars.read import read
from potluck.protocol.announcement import Status
from potluck.protocol.errors import LocalError
from tests.node.calendar_text import SINCE, utc

EVENT: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "MusicEvent",
    "@id": "https://barn.example/7#event",
    "name": "Fiddles &amp; pipes",
    "startDate": "2027-02-14T19:30:00+01:00",
    "endDate": "2027-02-14T22:00:00+01:00",
    "location": [
        {"@type": "VirtualLocation", "url": "https://meet.example"},
        {
            "@type": "Place",
            "name": "Old Barn",
            "address": {"streetAddress": "3 Mill Lane", "addressLocality": "Town"},
            "geo": {"latitude": "48.5", "longitude": 9.05},
        },
    ],
    "organizer": {"@type": "Organization", "name": "Barn Society"},
    "description": "<p>Bring <b>shoes</b>.</p>",
    "keywords": "music, dance",
    "url": "https://barn.example/7",
    "offers": [{"price": "5", "priceCurrency": "EUR"}],
}


def page(*events: Any) -> bytes:
    scripts = "".join(
        f'<script type="application/ld+json; charset=utf-8">{json.dumps(event)}</script>'
        for event in events
    )
    return f"<!doctype html><title>x</title><script>var a = 1</script>{scripts}<p>Hi".encode()


def drafts(content: bytes, **scope: Any) -> list[Draft]:
    found = list(read(content, Scope(SINCE, **scope)).items)
    assert all(isinstance(item, Draft) for item in found)
    return [item for item in found if isinstance(item, Draft)]


def test_all_that_an_event_says_comes_through() -> None:
    (made,) = drafts(page(EVENT), zone="Europe/Paris")

    body = made.body
    assert (body.title, body.tz) == ("Fiddles & pipes", "Europe/Paris")
    assert (body.start, body.end) == (utc("2027-02-14T18:30"), utc("2027-02-14T21:00"))
    assert body.place is not None
    assert (body.place.name, body.place.address) == ("Old Barn", "3 Mill Lane, Town")
    assert (body.place.lat, body.place.lon) == (48.5, 9.05)
    assert (body.about, body.topics, body.price) == ("Bring shoes.", ("music", "dance"), "5 EUR")
    assert (made.origin.id, body.url) == ("Barn Society", "https://barn.example/7")
    assert made.uid == "https://barn.example/7#event"


def test_events_in_graphs_lists_and_other_things_are_found() -> None:
    other = EVENT | {"@id": "2", "@type": ["Thing", "https://schema.org/Event"], "name": "Two"}
    inside = {
        "@type": "WebPage",
        "mainEntity": {"@type": "ItemList", "itemListElement": [{"item": other}]},
    }

    assert len(drafts(page({"@graph": [EVENT]}, [inside], "no object", {"@type": "Person"}))) == 2


def test_dates_are_all_day_and_the_last_day_is_in() -> None:
    whole = EVENT | {"startDate": "2027-02-14", "endDate": "2027-02-15"}
    (made,) = drafts(page(whole), zone="Europe/Paris")

    assert made.body.all_day
    assert (made.body.start, made.body.end) == (utc("2027-02-13T23:00"), utc("2027-02-15T23:00"))


@pytest.mark.parametrize("status", ["https://schema.org/EventCancelled", "EventCanceled"])
def test_what_is_cancelled_says_so_and_addresses_may_be_text(status: str) -> None:
    off = EVENT | {"eventStatus": status, "location": "Green, Town"}
    (made,) = drafts(page(off | {"isAccessibleForFree": True, "organizer": "The Green"}))

    assert made.status is Status.CANCELLED
    assert made.body.place is not None
    assert (made.body.place.name, made.body.price, made.origin.id) == ("Green", "free", "The Green")


def test_a_time_on_the_wall_is_in_the_importers_zone() -> None:
    (made,) = drafts(
        page(EVENT | {"startDate": "2027-02-14T19:30", "endDate": None}), zone="Asia/Tokyo"
    )

    assert (made.body.start, made.body.end) == (utc("2027-02-14T10:30"), None)


@pytest.mark.parametrize(
    "content",
    [
        b"<html>Hello",
        page({"@type": "Person"}),
        b'<script type="application/ld+json">{',
        page([[[]]]),
    ],
)
def test_a_page_without_events_is_refused_with_what_to_look_for(content: bytes) -> None:
    with pytest.raises(LocalError, match=r"not an iCalendar file.*\.ics or webcal"):
        read(content, Scope(SINCE))


@pytest.mark.parametrize("script", ["<!--\n{}\n-->", "//<![CDATA[\n{}\n//]]>", "{};"])
def test_what_was_wrapped_for_browsers_of_long_ago_is_read(script: str) -> None:
    content = f'<script type="application/ld+json">{script.format(json.dumps(EVENT))}</script>'

    assert len(drafts(content.encode())) == 1


def test_a_document_of_its_own_is_read() -> None:
    assert len(drafts(json.dumps(EVENT).encode())) == 1


def test_a_page_of_which_a_part_cannot_be_read_is_not_whole() -> None:
    assert read(page(EVENT), Scope(SINCE)).whole
    for rest in (b'{"@type": "Event",}', json.dumps(EVENT).encode() * 2):
        broken = page(EVENT) + b'<script type="application/ld+json">' + rest + b"</script>"
        assert not read(broken, Scope(SINCE)).whole


def test_how_long_it_lasts_what_it_costs_and_where_it_is_in_other_words() -> None:
    place = {"@type": "PostalAddress", "streetAddress": "3 Mill Lane", "addressLocality": "Town"}
    offers = {"lowPrice": 5, "highPrice": "8", "priceCurrency": "EUR"}
    other = {"endDate": None, "duration": "PT2H", "location": place, "offers": offers}
    (made,) = drafts(page(EVENT | other | {"eventStatus": "http://schema.org/EventPostponed"}))

    assert made.body.end == utc("2027-02-14T20:30")
    assert made.body.place is not None
    assert (made.body.place.name, made.body.place.address) == ("3 Mill Lane", "Town")
    assert (made.body.price, made.status) == ("5–8 EUR", Status.POSTPONED)


def test_events_of_one_address_are_told_apart_by_their_titles() -> None:
    stew = EVENT | {"name": "Stew"}
    titles = {each.slot: each.body.title for each in drafts(page([EVENT, stew]))}

    assert sorted(titles.values()) == ["Fiddles & pipes", "Stew"]


def test_a_document_of_any_depth_is_read_or_passed_over() -> None:
    deep = b'<script type="application/ld+json">' + b"[" * 100_000 + b"]" * 100_000 + b"</script>"

    assert len(drafts(page(EVENT) + deep)) == 1
