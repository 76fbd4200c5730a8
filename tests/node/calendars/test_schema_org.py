"""Events that a web page tells search engines of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from potluck.node.calendars import read as reading
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


@pytest.mark.parametrize(
    "status", ["https://schema.org/EventCancelled/", "EventCanceled", "s:EventCancelled"]
)
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


@pytest.mark.parametrize(
    ("begin", "number"),
    [
        ("<SCRIPT TYPE=application/ld+json>", 1),
        ("<script id='x' type = 'application/ld+json' async>", 1),
        ("<!-- no script --><script\ntype='application/ld+json'>", 1),
        ("<!-- <script type='application/ld+json'>", 0),
        ("<script>var type = 'application/ld+json' // ", 0),
    ],
)
def test_scripts_are_told_from_what_else_stands_in_a_page(begin: str, number: int) -> None:
    stew = json.dumps(EVENT | {"@id": "2", "name": "Stew"})
    content = begin.encode() + stew.encode() + b"</script>-->" + page(EVENT)

    assert [each.body.title for each in drafts(content)].count("Stew") == number


def test_a_page_of_tags_without_end_takes_no_longer_than_to_read_it() -> None:
    for tag in (b"<meta ", b"<script ", b"<!-- ", b"</"):
        with pytest.raises(LocalError, match="not an iCalendar file"):
            read(tag * 400_000, Scope(SINCE))


def test_half_an_emoji_costs_no_event() -> None:
    half = json.dumps("\N{SLICE OF PIZZA}")[:7] + '"'
    content = page(EVENT).replace(b'"https://barn.example/7#event"', half.encode())

    assert [each.uid for each in drafts(content)] == ["?"]


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


def test_what_is_told_elsewhere_in_the_document_is_linked() -> None:
    place = {"@type": "Place", "@id": "#barn", "name": "Old Barn"}
    club = {"@type": "Organization", "@id": "#club", "name": "Barn Society"}
    linked = EVENT | {"location": {"@id": "#barn"}, "organizer": {"@id": "#club"}}
    (made,) = drafts(page({"@graph": [linked, place]}, club))

    assert made.body.place is not None
    assert (made.body.place.name, made.origin.id) == ("Old Barn", "Barn Society")
    (alone,) = drafts(page(linked))
    assert (alone.body.place, alone.origin.id) == (None, "barn.example")


def test_a_part_of_an_event_is_where_and_of_whom_the_whole_is() -> None:
    part = {"@type": "Event", "name": "Workshop", "startDate": "2027-02-14T15:00"}
    _, made = drafts(page(EVENT | {"subEvent": part}))

    assert made.body.place is not None
    assert (made.body.title, made.body.place.name) == ("Workshop", "Old Barn")
    assert made.origin.id == "Barn Society"


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ({"offers": {"price": 0, "priceCurrency": "EUR"}}, "free"),
        ({"offers": {"lowPrice": "0.00", "highPrice": "0.00"}}, "free"),
        ({"isAccessibleForFree": "https://schema.org/True"}, "free"),
        ({"offers": [{"price": "12", "priceCurrency": "EUR"}, {"price": 8.5}]}, "8.5–12 EUR"),
        ({"offers": [{"price": "on the door"}]}, "on the door"),
        ({"offers": ["#offer"]}, None),
    ],
)
def test_what_it_costs_is_from_the_lowest_to_the_highest_offer(
    said: dict[str, Any], price: str | None
) -> None:
    (made,) = drafts(page(EVENT | {"offers": None} | said))

    assert made.body.price == price


def test_where_it_is_in_still_other_words() -> None:
    online = {"@type": "https://schema.org/VirtualLocation", "name": "A meeting"}
    address = {"@type": "PostalAddress", "name": "3 Mill Lane"}
    barn = {"@type": "Place", "name": "Barn", "latitude": 48.5, "longitude": 9, "address": address}
    (made,) = drafts(page(EVENT | {"location": [online, barn], "inLanguage": "de"}))

    assert made.body.place is not None
    assert (made.body.place.name, made.body.place.address) == ("Barn", "3 Mill Lane")
    assert (made.body.place.lat, made.body.place.lon) == (48.5, 9)
    assert made.body.lang == "de"


WEEKLY = {
    "startDate": "2027-02-01",
    "endDate": "2027-02-16",
    "startTime": "19:30",
    "endTime": "21:00:00",
    "repeatFrequency": "P1W",
    "byDay": ["https://schema.org/Tuesday"],
    "scheduleTimezone": "America/Denver",
}


def on_days(schedule: Any, **event: Any) -> list[str]:
    bare = {name: value for name, value in EVENT.items() if not name.endswith("Date")}
    made = drafts(page(bare | {"eventSchedule": schedule} | event))
    return [each.occurrence for each in made]


def test_a_schedule_gives_each_of_its_dates() -> None:
    made = drafts(page(EVENT | {"eventSchedule": WEEKLY | {"exceptDate": ["2027-02-09"]}}))

    assert [(each.body.start, each.body.end) for each in made] == [
        (utc(f"2027-02-{day}T02:30"), utc(f"2027-02-{day}T04:00")) for day in ("03", "17")
    ]
    assert {each.body.tz for each in made} == {"America/Denver"}


@pytest.mark.parametrize(
    ("other", "days"),
    [
        ({}, ["20270202", "20270209", "20270216"]),
        ({"repeatFrequency": "P2W"}, ["20270202", "20270216"]),
        ({"repeatFrequency": "Weekly", "repeatCount": 2}, ["20270202", "20270209"]),
        ({"repeatFrequency": "P1M", "byMonthWeek": 2}, ["20270209"]),
        ({"repeatFrequency": "P1M", "byDay": "-2TU"}, ["20270216"]),
        ({"repeatFrequency": "P1M", "byDay": None, "byMonthDay": [1, 7]}, ["20270201", "20270207"]),
        ({"repeatFrequency": None, "byDay": None}, [""]),
        ({"repeatFrequency": "PT1H"}, [""]),
    ],
)
def test_schedules_as_pages_write_them(other: dict[str, Any], days: list[str]) -> None:
    assert on_days(WEEKLY | other) == days


def test_a_schedule_that_says_no_dates_begins_with_its_event() -> None:
    often = {"repeatFrequency": "P1W", "repeatCount": 2}
    when = {"startDate": "2027-02-02T19:00", "endDate": "2027-02-02T21:00"}

    assert on_days(often, **when) == ["20270202", "20270209"]
    assert on_days([WEEKLY, WEEKLY | {"byDay": "Friday", "repeatCount": 1}])[-1] == "20270205"


def test_events_of_one_address_are_told_apart_by_their_titles() -> None:
    stew = EVENT | {"name": "Stew"}
    titles = {each.slot: each.body.title for each in drafts(page([EVENT, stew]))}

    assert sorted(titles.values()) == ["Fiddles & pipes", "Stew"]


def test_a_document_of_any_depth_is_read_or_passed_over() -> None:
    deep = b'<script type="application/ld+json">' + b"[" * 100_000 + b"]" * 100_000 + b"</script>"

    assert len(drafts(page(EVENT) + deep)) == 1


def test_a_page_is_no_larger_and_tells_of_no_more_than_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MAX_EVENTS", 1)
    with pytest.raises(LocalError, match="more than 1 events"):
        read(page(EVENT, EVENT), Scope(SINCE))
    monkeypatch.setattr(reading, "LARGEST_PAGE", 100)
    with pytest.raises(LocalError, match="as a web page it tells of no events"):
        read(page(EVENT), Scope(SINCE))
