"""A grammar of calendars: reading never hangs, never crashes, and its counts add up."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from potluck.node.calendars.component import component
from potluck.node.calendars.draft import WINDOW, Draft, Scope, Skipped
from potluck.node.calendars.event_identity import event_of
from potluck.node.calendars.expand import expand
from potluck.node.calendars.feed import Feed
from potluck.node.calendars.feed_diff import changes
from potluck.node.calendars.read import read
from potluck.node.calendars.recurrence import Budget
from potluck.node.calendars.zones import UTC
from tests.node.calendar_text import SINCE, items, of, vevent

zones = st.sampled_from(
    [
        "",
        ";TZID=Europe/Paris",
        ";TZID=Nowhere",
        ';TZID="(UTC+01:00) Paris"',
        ";TZID=Own",
        ";VALUE=DATE-TIME",
    ]
)
clock = st.builds(
    lambda zone, month, day, hour, end: f"{zone}:2027{month:02}{day:02}T{hour:02}0000{end}",
    zones, st.integers(1, 6), st.integers(1, 31), st.integers(0, 24), st.sampled_from(["", "Z"]),
)  # fmt: skip
days = st.builds(lambda day: f";VALUE=DATE:202702{day:02}", st.integers(1, 30))
odd = [":", ":x", ";TZID=UTC+02:00:20270301T100000", ":00010101", ":99991231T235959"]
times = clock | clock | days | st.sampled_from(odd)
rules = st.builds(
    ";".join,
    st.lists(
        st.sampled_from(
            "FREQ=DAILY FREQ=WEEKLY FREQ=MONTHLY FREQ=YEARLY FREQ=HOURLY FREQ= INTERVAL=0 "
            "INTERVAL=2 INTERVAL=99999999999 COUNT=3 COUNT=0 COUNT=100000 UNTIL=20270301 "
            "UNTIL=20270301T000000Z UNTIL=x BYDAY=MO,WE BYDAY=-1SU BYDAY=5XX BYMONTH=2 "
            "BYMONTHDAY=30 BYMONTHDAY=-1 BYSETPOS=-1 BYSETPOS=999 BYHOUR=9,17 "
            "BYYEARDAY=366 BYWEEKNO=53 WKST=SU RSCALE=GREGORIAN SKIP=OMIT X=".split()
        ),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
texts = st.text(max_size=30).map(lambda text: text.replace("\n", "\\n").replace("\r", ""))
lines = st.one_of(
    st.builds("DTEND{}".format, times),
    st.builds("EXDATE{}".format, times),
    st.builds("RDATE{}".format, times),
    st.builds("RRULE:{}".format, rules),
    st.builds("DESCRIPTION:{}".format, texts),
    st.builds("LOCATION:{}".format, texts),
    st.sampled_from(
        "DURATION:P1D|DURATION:-PT1H|DURATION:P99999W|STATUS:CANCELLED|CLASS:PRIVATE|"
            "SEQUENCE:2|SEQUENCE:x|LAST-MODIFIED:20261101T000000Z|GEO:0;0|GEO:91;x|URL:a b|"
            "ORGANIZER;CN=A:mailto:a@b.net|no line|:|;|BEGIN:VALARM|END:VALARM|"
            "ORGANIZER;CN=B:x|URL:https://b.example|X-CALENDARSERVER-ACCESS:CONFIDENTIAL|"
            "LOCATION:Barn (1° 2'N\\, 3° E)|LOCATION:Barn\\, 1.2345 6.7890|X-ALT-DESC:<p>Hi|"
            "X-POTLUCK-TIMEZONE:Mars|SUMMARY;ENCODING=QUOTED-PRINTABLE:="
        .split("|")
    ),
)  # fmt: skip
events = st.builds(
    lambda uid, start, title, rest, change: "\r\n".join(
        [
            "BEGIN:VEVENT",
            *(f"UID:{uid}", f"DTSTART{start}", f"SUMMARY:{title}", *rest, *change),
            "END:VEVENT",
        ]
    ),
    st.sampled_from(["1@a.net", "2@a.net", "", "x"]),
    times,
    st.sampled_from(["Soup", "Stew", "", "Tom &amp; Ann"]),
    st.lists(lines, max_size=5),
    st.just([]) | st.builds(lambda at: [f"RECURRENCE-ID{at}"], times),
)  # fmt: skip
heads = st.lists(
    st.sampled_from(
        "METHOD:CANCEL|X-WR-CALNAME:Town|X-WR-TIMEZONE:Asia/Tokyo|X-WR-TIMEZONE:x|"
        "PRODID:-//Potluck//Potluck//EN|BEGIN:VTIMEZONE|END:VTIMEZONE|TZID:Own|END:VCALENDAR"
        "|BEGIN:VCALENDAR|CLASS:PRIVATE".split("|")
    ),
    max_size=4,
)
calendars = st.builds(lambda head, found: [*head, *found], heads, st.lists(events, max_size=6))


@settings(max_examples=300)
@given(calendars)
def test_every_event_is_announced_or_left_out_with_a_reason(parts: list[str]) -> None:
    given_ = sum(part.startswith("BEGIN:VEVENT") for part in parts)
    found = items(*parts)

    by_uid: dict[str, int] = {}
    for item in found:
        by_uid[item.uid] = by_uid.get(item.uid, 0) + 1
        if isinstance(item, Draft):
            assert item.start <= SINCE + WINDOW
            assert (item.body.ends or 0) > SINCE
        else:
            assert item.why
    repeats = any("RRULE" in part or "RDATE" in part or "RECURRENCE" in part for part in parts)
    assert len(found) == given_ or (repeats and (len(found) > 0) == (given_ > 0))
    slots = [item.slot for item in found if isinstance(item, Draft)]
    assert len(slots) == len(set(slots))


@settings(max_examples=200)
@given(calendars)
def test_the_same_calendar_again_changes_nothing(parts: list[str]) -> None:
    first = changes([], items(*parts), SINCE, whole=True, prune=False)
    known = [event_of(draft, slot) for draft, slot in first.drafts]
    second = changes(known, items(*parts), SINCE, whole=True, prune=True)

    assert second.drafts == first.drafts
    assert (second.off, second.withdrawn, second.gone) == ([], [], [])


@given(calendars, st.integers(0, 3000))
def test_a_calendar_cut_anywhere_is_read_as_far_as_it_goes(parts: list[str], cut: int) -> None:
    calendar = "\r\n".join(["BEGIN:VCALENDAR", *parts, "END:VCALENDAR"]).encode()
    short = calendar[: max(len("BEGIN:VCALENDAR"), len(calendar) - 1 - cut)]

    assert not read(short, Scope(SINCE)).whole or "END:VCALENDAR" in parts
    assert all(isinstance(item, Draft | Skipped) for item in of(short))


@given(rules, st.integers(1900, 2027))
def test_a_rule_takes_no_more_steps_than_there_are(rule: str, year: int) -> None:
    budget, feed = Budget(), Feed(Scope(SINCE), UTC)
    event = component(vevent(f"DTSTART:{year}0131T100000Z", f"RRULE:{rule}").replace("\r", ""))

    assert expand([event], feed, "1", budget)
    assert Budget().left - budget.left <= 2_000_000
