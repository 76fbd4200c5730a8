"""What a single event of a calendar becomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.node.calendars.draft import MOST_BODY_BYTES, Origin
from potluck.node.calendars.plain_text import plain, web_address
from potluck.node.geography.places import resolve
from potluck.protocol import canonical, wire
from potluck.protocol.announcement import DAY, MAX_ABOUT_BYTES, Place, Status
from potluck.protocol.imported import imported_slot
from potluck.protocol.text import check_lines, clean_line
from tests.node.calendar_text import SINCE, draft, drafts, items, utc, vevent, why

BERLIN = resolve("Berlin")
START = "DTSTART:20261105T100000Z"


def test_everything_said_comes_through() -> None:
    (made,) = drafts(
        "X-WR-CALNAME:What is on",
        vevent(
            "DTSTART;TZID=Europe/Berlin:20261105T190000",
            "DTEND;TZID=Europe/Berlin:20261105T213000",
            "LOCATION:Café X\\, 12 Some Street\\, Berlin",
            "GEO:52.5;13.4",
            "DESCRIPTION:Bring a bowl.\\n\\nAnd a spoon.",
            "CATEGORIES:food,neighbours",
            "URL:https://example.net/soup",
            'ORGANIZER;CN="Soup Society":MAILTO:soup@example.net',
            "X-COST:free",
            "X-POTLUCK-CAPACITY:20",
            "X-POTLUCK-ACCESS:wheelchair=yes,quiet=no",
        ),
        public_url="https://example.net/feed.ics",
        topics=("local",),
    )

    body = made.body
    assert made.status is Status.SCHEDULED
    assert made.slot == imported_slot("", "1@example.net", "")
    assert (body.title, body.tz) == ("Soup night", "Europe/Berlin")
    assert (body.start, body.end) == (utc("2026-11-05T18:00"), utc("2026-11-05T20:30"))
    assert body.place == Place("Café X", "12 Some Street, Berlin", 52.5, 13.4)
    assert body.about == "Bring a bowl.\n\nAnd a spoon."
    assert body.topics == ("local", "food", "neighbours")
    assert (body.url, body.price, body.capacity) == ("https://example.net/soup", "free", 20)
    assert body.access == {"wheelchair": True, "quiet": False}
    assert body.series == "Soup Society"
    assert made.origin == Origin("Soup Society", "What is on", "https://example.net/feed.ics")


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        (['ORGANIZER;CN="Soup Society":MAILTO:soup@example.net'], "Soup Society"),
        (['ORGANIZER;CN="  Soup   Society ":MAILTO:x@y.z'], "Soup Society"),
        (['ORGANIZER;CN="Soup%20%26%20Stew":MAILTO:soup@example.net'], "Soup & Stew"),
        (['ORGANIZER;CN="Soup &amp; Stew 100% &notes":MAILTO:x@y.z'], "Soup & Stew 100% &notes"),
        (["ORGANIZER:mailto:soup@kitchen.net"], "soup@kitchen.net"),
        (["ORGANIZER:MAILTO:noreply@kitchen.net", "URL:https://soup.org/1"], "soup.org"),
        (["ORGANIZER:MAILTO:soup@example.org", "URL:soup.org/1"], "soup.org"),
        (["ORGANIZER:invalid:nomail", "URL:https://SOUP.org:8080/1"], "soup.org"),
        (["ORGANIZER;CN=:MAILTO:noreply@x.org"], "kitchen.net"),
        (["ORGANIZER;CN=unknownorganizer@a.com:MAILTO:unknownorganizer@a.com"], "kitchen.net"),
        (["ORGANIZER;CN=noreply@kitchen.net:MAILTO:soup@kitchen.net"], "soup@kitchen.net"),
        ([r'ORGANIZER;CN="Soup\, Stew\; Co":MAILTO:x@y.z'], "Soup, Stew; Co"),
        ([], "kitchen.net"),
    ],
)
def test_the_source_is_the_organiser_or_what_comes_nearest(lines: list[str], source: str) -> None:
    (made,) = drafts(vevent(START, *lines, uid="a@b@kitchen.net"))

    assert made.origin is not None
    assert made.origin.id == made.body.series == source
    assert made.slot == imported_slot("", "a@b@kitchen.net", "")


def test_without_any_name_the_source_is_a_calendar() -> None:
    (made,) = drafts(vevent(START, uid="no-at-sign"))

    assert made.origin == Origin("calendar")


def test_the_address_of_a_calendar_stays_secret_unless_it_is_public() -> None:
    assert draft().origin == Origin("example.net")


def test_an_event_without_uid_keeps_its_slot() -> None:
    first, again = (drafts(vevent(START, uid=None))[0] for _ in range(2))
    other = drafts(vevent(START, uid=None, title="Another"))[0]

    assert first == again
    assert first.slot != other.slot
    places = [vevent(START, f"LOCATION:{place}", uid=None) for place in ("Barn", "Mill", "Barn")]
    assert [getattr(each, "why", "made") for each in items(*places)] == [
        "made",
        "made",
        "given twice",
    ]


@pytest.mark.parametrize(
    ("lines", "start", "end", "tz"),
    [
        (["DTSTART:20261105T100000Z"], "2026-11-05T10:00", None, "UTC"),
        (
            ["DTSTART;TZID=America/New_York:20261105T100000"],
            "2026-11-05T15:00",
            None,
            "America/New_York",
        ),
        (
            ["DTSTART;TZID=W. Europe Standard Time:20261105T100000"],
            "2026-11-05T09:00",
            None,
            "Europe/Berlin",
        ),
        (["DTSTART;TZID=Nowhere/Atall:20261105T100000"], "2026-11-05T10:00", None, "UTC"),
        (
            ["DTSTART:20261105T100000Z", "DURATION:PT1H30M"],
            "2026-11-05T10:00",
            "2026-11-05T11:30",
            "UTC",
        ),
        (["DTSTART:20261105T100000Z", "DTEND:20261105T090000Z"], "2026-11-05T10:00", None, "UTC"),
        (["DTSTART:20261105T100000Z", "DTEND:rubbish"], "2026-11-05T10:00", None, "UTC"),
        (
            ["DTSTART:20261105T100000Z", "DTEND;VALUE=DATE:20261106"],
            "2026-11-05T10:00",
            None,
            "UTC",
        ),
    ],
)
def test_times(lines: list[str], start: str, end: str | None, tz: str) -> None:
    (made,) = drafts(vevent(*lines))

    assert (made.body.start, made.body.end) == (utc(start), utc(end) if end else None)
    assert (made.body.tz, made.body.all_day) == (tz, False)


def test_a_time_without_zone_is_one_of_the_calendar_then_of_the_place_then_of_the_machine() -> None:
    floating = vevent("DTSTART:20261105T100000")
    head = "X-WR-TIMEZONE:Asia/Tokyo"

    assert drafts(head, floating, spot=BERLIN, zone="Europe/London")[0].body.tz == "Asia/Tokyo"
    assert drafts(floating, spot=BERLIN, zone="Europe/London")[0].body.tz == "Europe/Berlin"
    assert drafts(floating, zone="Europe/London")[0].body.tz == "Europe/London"
    assert drafts("X-WR-TIMEZONE:Middle/Earth", floating)[0].body.tz == "UTC"
    assert drafts(head, floating)[0].body.start == utc("2026-11-05T01:00")


def test_a_time_zone_of_the_calendars_own_gives_the_time_and_is_forgotten_afterwards() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Club time\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:{0}\r\nTZOFFSETTO:{0}\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    event = vevent("DTSTART;TZID=Club time:20261105T100000")

    assert drafts(zone.format("+0300"), event)[0].body.start == utc("2026-11-05T07:00")
    assert drafts(zone.format("-0500"), event)[0].body.start == utc("2026-11-05T15:00")


def test_all_day_events_run_from_midnight_to_midnight_of_the_zone() -> None:
    (made,) = drafts(
        vevent("DTSTART;VALUE=DATE:20261105", "DTEND;VALUE=DATE:20261107"), zone="Europe/Berlin"
    )

    assert made.body.all_day
    assert (made.body.start, made.body.end) == (utc("2026-11-04T23:00"), utc("2026-11-06T23:00"))


def test_without_location_the_place_is_the_town_that_was_named_or_none() -> None:
    assert draft().body.place is None
    assert draft(spot=BERLIN).body.place == Place("Berlin", None, *BERLIN.point, BERLIN.uncertainty)
    assert draft("GEO:48.14;11.58").body.place == Place("Munich", None, 48.14, 11.58)
    assert draft("LOCATION:Café X").body.place == Place("Café X")
    assert draft("LOCATION:Café X", "GEO:95;0").body.place == Place("Café X")
    assert draft("LOCATION:Café X", spot=BERLIN).body.place == Place(
        "Café X", None, *BERLIN.point, BERLIN.uncertainty
    )
    assert draft("LOCATION:Café X", "GEO:1;2", spot=BERLIN).body.place == Place(
        "Café X", None, 1.0, 2.0
    )
    assert draft("LOCATION:Hall 1\\, left\\n3 Street\\, Town").body.place == Place(
        "Hall 1, left", "3 Street, Town"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://example.org/x?y=1#z", "https://example.org/x?y=1#z"),
        ("HTTP://example.org", "http://example.org"),
        (" on.in.gov/mccormickscreek ", "https://on.in.gov/mccormickscreek"),
        ("example.org", "https://example.org"),
        ("ftp://example.org/x", None),
        ("javascript:alert(1)", None),
        ("call us", None),
        ("", None),
        ("https://example.org/" + "x" * 500, None),
    ],
)
def test_addresses_are_completed_or_dropped(written: str, meant: str | None) -> None:
    assert web_address(written) == meant


def test_html_becomes_lines() -> None:
    html = "<p>Soup &amp; <b>bread</b><br>daily</p><ul><li>one<li>two</ul><script>steal()</script>"

    assert plain(html, 2400) == "Soup & bread\ndaily\n\n- one\n- two"
    assert plain("5 < 6 and <3", 2400) == "5 < 6 and <3"
    assert plain("Join<https://a.net/?b&amp;c> <i>now</i>", 99) == "Join<https://a.net/?b&c> now"


@given(st.text(), st.integers(4, 200))
def test_a_description_always_fits(words: str, limit: int) -> None:
    fitting = plain(words, limit)

    if fitting:
        check_lines("about", fitting, limit)


def test_texts_are_cleaned_and_cut_with_an_ellipsis() -> None:
    (made,) = drafts(
        vevent(START, "DESCRIPTION:" + "ä" * 3000, title="a\u202eb\u0007 Cafe\u0301" + "x" * 200)
    )

    assert made.body.title == clean_line("a b Café" + "x" * 200, 140)
    assert made.body.title.endswith("…")
    assert len(made.body.title) == 140
    assert made.body.about is not None
    assert len(made.body.about.encode()) <= MAX_ABOUT_BYTES
    assert made.body.about.endswith("ä…")


def test_what_is_too_long_to_sign_loses_description_first() -> None:
    wide = "\N{SMILING FACE WITH OPEN MOUTH}"
    (made,) = drafts(
        vevent(START, "DESCRIPTION:" + wide * 700, "LOCATION:" + wide * 140 + "," + wide * 300)
    )

    assert made.body.about is not None
    assert len(canonical.pack(wire.body_to_map(made.body))) <= MOST_BODY_BYTES
    assert made.body.place is not None
    assert made.body.place.address == wide * 300


def test_what_cannot_fit_at_all_is_skipped() -> None:
    wide = "\N{SMILING FACE WITH OPEN MOUTH}" * 140
    lines = [f"LOCATION:{wide},{wide * 3}", f"ORGANIZER;CN={wide}:x", f"CATEGORIES:{wide[:40]}"]

    assert why(f"X-WR-CALNAME:{wide}", vevent(START, *lines, title=wide)) == ["too long"]


def test_topics_are_five_at_most_and_named_once() -> None:
    assert draft(
        "CATEGORIES:Music,music,jazz", "CATEGORIES:a,b,c,d", topics=("Jazz",)
    ).body.topics == (
        "Jazz",
        "Music",
        "a",
        "b",
        "c",
    )


@pytest.mark.parametrize(
    "line", ["X-POTLUCK-CAPACITY:lots", "X-POTLUCK-CAPACITY:0", "X-POTLUCK-ACCESS:=yes,A=no"]
)
def test_nonsense_in_our_own_properties_counts_as_absent(line: str) -> None:
    body = draft(line).body

    assert body.capacity is None
    assert not {name for name in body.access if name}


def test_language_is_that_of_the_title() -> None:
    (made,) = drafts(vevent(START, "SUMMARY;LANGUAGE=de:Suppe", title=None))

    assert (made.body.title, made.body.lang) == ("Suppe", "de")


def test_a_cancelled_event_is_a_draft_that_says_so() -> None:
    assert draft("STATUS:CANCELLED").status is Status.CANCELLED
    assert draft("STATUS:TENTATIVE").status is Status.SCHEDULED
    assert drafts("METHOD:CANCEL", vevent(START))[0].status is Status.CANCELLED


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (vevent(), "no date"),
        (vevent("DTSTART:rubbish"), "no date"),
        (vevent("DTSTART:00010101T000000Z"), "no date"),
        (vevent("DTSTART;VALUE=PERIOD:20261105T100000Z/PT1H"), "no date"),
        (vevent(START, title=None), "no title"),
        (vevent(START, title=" \u202e\u0007"), "no title"),
        (vevent("DTSTART:20261031T100000Z"), "over"),
        (vevent("DTSTART:20270601T100000Z"), "later than 180 days from now"),
    ],
)
def test_what_cannot_be_announced_is_skipped_with_a_reason(event: str, reason: str) -> None:
    assert why(event) == [reason]


def test_what_goes_on_when_the_window_opens_is_kept() -> None:
    (made,) = drafts(vevent("DTSTART:20261030T100000Z", "DTEND:20261102T100000Z"))

    assert made.body.start is not None
    assert made.body.start < SINCE < made.body.start + 3 * DAY
