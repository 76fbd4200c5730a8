"""What a new reading of a calendar changes: updated or called off, never doubled or stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from potluck.node.calendars.draft import Scope
from potluck.node.calendars.event_identity import MOST_LOOKED_AT, event_of, match
from potluck.node.calendars.feed_diff import Changes, changes
from potluck.node.calendars.read import read
from potluck.node.store.feeds import FeedEvent
from tests.node.calendar_text import SINCE, drafts, items, vcalendar, vevent

DAY = "DTSTART;TZID=Europe/Paris:202701{}T190000"
WEEKLY = [DAY.format("11"), "RRULE:FREQ=WEEKLY;COUNT=4"]


def known_of(made: Changes) -> list[FeedEvent]:
    """What is known after these changes."""
    return [event_of(draft, slot) for draft, slot in made.drafts]


def again(
    before: Iterable[str], after: Iterable[str], *, whole: bool = True, prune: bool = False
) -> tuple[Changes, Changes]:
    """The changes of a first reading, and of a second one."""
    first = changes([], items(*before), SINCE, whole=True, prune=False)
    return first, changes(known_of(first), items(*after), SINCE, whole=whole, prune=prune)


def slots(made: Changes) -> list[int]:
    return [slot for _, slot in made.drafts]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (vevent(DAY.format("11")), vevent(DAY.format("25"), title="Stew")),
        (vevent(DAY.format("11")), vevent(DAY.format("11"), uid="other")),
        (vevent(DAY.format("11")), vevent(DAY.format("11"), "ORGANIZER;CN=Club:mailto:a@b.net")),
        (vevent(DAY.format("11")), vevent(DAY.format("11"), "URL:https://a.net/?t=2")),
        (vevent(*WEEKLY), vevent(*WEEKLY, uid="other")),
        (vevent(*WEEKLY), vevent(DAY.format("12"), WEEKLY[1])),
        (vevent(*WEEKLY), vevent(DAY.format("11").replace("T19", "T20"), WEEKLY[1])),
        (vevent(*WEEKLY), vevent(*WEEKLY, title="Stew")),
    ],
    ids="moved uid organizer url uid-of-series retimed later-hour renamed".split(),
)
def test_what_is_the_same_event_keeps_its_slot(before: str, after: str) -> None:
    first, second = again([before], [after])

    assert slots(first) == slots(second)
    assert (second.off, second.withdrawn, second.gone) == ([], [], [])


@pytest.mark.parametrize("later", ["12", "11"])
def test_where_every_uid_is_another_what_is_moved_is_known_by_its_title(later: str) -> None:
    other = vevent(DAY.format("20"), title="Stew", uid="a")
    moved = DAY.format(later).replace("T19", "T20")
    first, second = again(
        [vevent(*WEEKLY), other],
        [vevent(moved, WEEKLY[1], uid="2"), other.replace("UID:a", "UID:b")],
    )

    assert slots(second) == slots(first)
    _, kept = again([vevent(*WEEKLY), other], [vevent(moved, WEEKLY[1], uid="2"), other])
    assert len(set(slots(kept)) & set(slots(first))) == 1


@pytest.mark.parametrize(
    ("after", "still"),
    [
        ([DAY.format("11"), "RRULE:FREQ=WEEKLY;COUNT=2"], 2),
        ([DAY.format("11"), "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20270118"], 3),
        ([DAY.format("11").replace("2027", "2026")], 0),
        (["DTSTART:never"], 4),
    ],
    ids="shortened exdate over unreadable".split(),
)
def test_where_every_uid_is_another_what_is_gone_of_a_title_is_called_off(
    after: list[str], still: int
) -> None:
    other = vevent(DAY.format("20"), title="Stew", uid="a")
    first, second = again(
        [vevent(*WEEKLY), other], [vevent(*after, uid="2"), other.replace("UID:a", "UID:b")]
    )

    assert len(first.drafts) - 1 - len(second.off) == still
    assert slots(first)[-1] in slots(second)


def test_what_follows_a_date_and_goes_on_under_another_uid_is_the_same() -> None:
    ends = vevent(DAY.format("11"), "RRULE:FREQ=WEEKLY;UNTIL=20270118T180000Z")
    later = DAY.format("25").replace("T19", "T20")
    goes_on = vevent(later, "RRULE:FREQ=WEEKLY;COUNT=2", uid="1_R20270125@example.net")
    first, second = again([vevent(*WEEKLY)], [ends, goes_on])

    assert slots(second) == slots(first)
    assert second.off == []


def test_what_has_no_uid_and_is_moved_is_known_by_its_title() -> None:
    stew = vevent(DAY.format("20"), title="Stew", uid=None)
    first, second = again(
        [vevent(DAY.format("11"), uid=None), stew], [vevent(DAY.format("13"), uid=None), stew]
    )

    assert slots(second) == slots(first)


def test_a_single_event_that_recurs_keeps_its_slot_on_its_date() -> None:
    first, second = again([vevent(DAY.format("11"))], [vevent(*WEEKLY)])

    assert slots(first) == slots(second)[:1]
    assert len(set(slots(second))) == 4


@pytest.mark.parametrize(
    "after",
    [
        vevent(*WEEKLY, "EXDATE;TZID=Europe/Paris:20270118T190000"),
        vevent(
            DAY.format("11"),
            "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2",
            "RDATE;TZID=Europe/Paris:20270201T190000",
        ),
    ],
)
def test_a_date_that_the_calendar_takes_away_is_called_off(after: str) -> None:
    first, second = again([vevent(*WEEKLY)], [after])

    assert second.off == second.gone == [slots(first)[1]]
    assert slots(second) == [slots(first)[0], *slots(first)[2:]]


def test_a_date_far_away_is_another_one() -> None:
    endless = vevent(DAY.format("11"), "RRULE:FREQ=WEEKLY")
    first = changes([], items(endless), SINCE, whole=True, prune=False)
    exdate = endless.replace("END:", "EXDATE;TZID=Europe/Paris:20270118T190000\r\nEND:")
    second = changes(
        known_of(first),
        items(exdate, since=SINCE + 604800),
        SINCE + 604800,
        whole=True,
        prune=False,
    )

    assert second.off == [slots(first)[1]]
    assert slots(second)[-1] not in slots(first)


def test_a_series_cancelled_by_its_uid_is_called_off_whole() -> None:
    first, second = again([vevent(*WEEKLY)], ["METHOD:CANCEL", vevent(DAY.format("11"))])

    assert {slot for draft, slot in second.drafts if draft.status.name == "CANCELLED"} | {
        *second.off
    } == set(slots(first))


@pytest.mark.parametrize("prune", [False, True])
def test_what_vanished_is_called_off_only_when_asked(prune: bool) -> None:  # noqa: FBT001
    two = vevent(DAY.format("12"), uid="2@example.net")
    first, second = again([vevent(DAY.format("11")), two], [two], prune=prune)

    assert second.off == ([slots(first)[0]] if prune else [])
    assert second.gone == [slots(first)[0]]


@pytest.mark.parametrize(
    "after",
    [
        vevent("DTSTART:never"),
        vevent(DAY.format("11"), title=None),
        vevent(DAY.format("11"), "RRULE:FREQ=SOMETIMES"),
        vevent(DAY.format("11"), "RRULE:FREQ=HOURLY"),
    ],
)
def test_what_cannot_be_read_is_not_what_vanished(after: str) -> None:
    _, second = again([vevent(*WEEKLY)], [after], prune=True)

    assert (second.off, second.withdrawn) == ([], [])


def test_of_half_a_calendar_nothing_is_called_off() -> None:
    two = vevent(*WEEKLY, uid="2@example.net")
    _, second = again([vevent(*WEEKLY), two], [vevent(DAY.format("11"))], whole=False, prune=True)

    assert second.off == []


def test_what_becomes_private_is_withdrawn_and_forgotten() -> None:
    for private in (vevent(*WEEKLY, "CLASS:PRIVATE"), vevent(WEEKLY[0], "CLASS:PRIVATE")):
        first, second = again([vevent(*WEEKLY)], [private])
        assert set(second.withdrawn) == set(second.forgotten) == set(slots(first))
        assert second.off == []


@pytest.mark.parametrize("hidden", [[DAY.format("11")], WEEKLY])
def test_what_becomes_private_under_another_uid_is_withdrawn(hidden: list[str]) -> None:
    other = vevent(DAY.format("12"), uid="2@example.net", title="Stew")
    private = vevent(*hidden, "CLASS:PRIVATE", uid="3@example.net")
    first, second = again([vevent(*hidden), other], [private, other])
    _, half = again([vevent(*hidden), other], [private, other], whole=False)

    assert (second.withdrawn, slots(second)) == (slots(first)[:-1], slots(first)[-1:])
    assert half.withdrawn == []


def test_of_two_of_a_uid_and_date_the_one_that_becomes_private_is_withdrawn() -> None:
    soup, stew = (vevent(DAY.format("11"), title=title) for title in ("Soup", "Stew"))
    for before, after in ((soup, stew), (stew, soup)):
        private = after.replace("DTSTART", "CLASS:PRIVATE\r\nDTSTART")
        first, second = again([before, after], [before, private])

        assert slots(second) == slots(first)[:1]
        assert (second.withdrawn, second.off) == (slots(first)[1:], [])


def test_what_moves_out_of_reach_is_called_off_or_told_the_new_date() -> None:
    past = vevent(DAY.format("11").replace("2027", "2026"))
    first, second = again([vevent(DAY.format("11"))], [past])
    assert second.off == slots(first)

    late = vevent(DAY.format("11").replace("2027", "2028"))
    first, second = again([vevent(DAY.format("11"))], [late])
    assert (second.off, slots(second)) == ([], slots(first))
    later = changes(second.moved, items(late), SINCE, whole=True, prune=True)
    assert (later.off, later.drafts) == ([], [])


def test_what_is_over_by_itself_is_left_alone() -> None:
    first = changes([], items(vevent(*WEEKLY)), SINCE, whole=True, prune=False)
    after = SINCE + 80 * 86400
    second = changes(
        known_of(first), items(vevent(*WEEKLY), since=after), after, whole=True, prune=True
    )

    assert (second.off, second.gone, slots(second)) == ([], [], slots(first)[2:])


def test_two_of_a_name_are_told_apart_by_their_place() -> None:
    def at(place: str, uid: str) -> str:
        return vevent(DAY.format("11"), f"LOCATION:{place}", uid=uid)

    first, second = again([at("Barn", "1"), at("Mill", "2")], [at("Mill", "3"), at("Barn", "4")])

    assert slots(second) == slots(first)[::-1]


class Looked(int):
    """A start that counts how often another is compared with it."""

    times = 0

    def __rsub__(self, other: int) -> int:
        Looked.times += 1
        return int(other) - int(self)


def test_of_many_dates_of_a_uid_each_is_compared_with_few() -> None:
    daily = vevent(DAY.format("01"), "RRULE:FREQ=DAILY;COUNT=100")
    first = changes([], items(daily), SINCE, whole=True, prune=False)
    known = [
        replace(each, start=Looked(each.start), occurrence=f"{number}")
        for number, each in enumerate(known_of(first))
    ]
    moved = drafts(daily.replace("T19", "T20"))
    found = match(known, moved, lambda _: True, lambda _: True)

    assert [each.slot for each in found if each] == slots(first)
    assert 0 < Looked.times <= 100 * 2 * 2 * MOST_LOOKED_AT < 100 * 100 * 2


def test_two_that_nothing_tells_apart_stay_two_when_their_uids_change() -> None:
    def with_uids(*uids: str) -> list[str]:
        return [vevent(DAY.format("11"), uid=uid) for uid in uids]

    first, second = again(with_uids("1", "2"), with_uids("3", "4"))

    assert slots(second) == slots(first)


def test_two_of_a_uid_and_date_keep_their_slots_in_any_order() -> None:
    both = [vevent(DAY.format("11"), title=title) for title in ("Soup", "Stew")]
    first, second = again(both, both[::-1])

    assert len(first.drafts) == 2
    assert slots(second) == slots(first)[::-1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([DAY.format("11"), "RRULE:FREQ=DAILY;COUNT=2"], [DAY.format("12")]),
        (["RECURRENCE-ID:20270112T180000Z", DAY.format("15")],
         ["RECURRENCE-ID;VALUE=DATE:20270112", DAY.format("16")]),
    ],
    ids="single change".split(),
)  # fmt: skip
def test_of_two_of_a_uid_date_and_title_one_is_given_twice_whoever_organises_them(
    one: list[str], other: list[str]
) -> None:
    both = [vevent(*one, uid="1"), vevent(*other, "ORGANIZER;CN=Club:mailto:a@b.net", uid="1")]
    first, second = again(both, both, prune=True)

    assert [skip.why for skip in first.skipped] == ["given twice"]
    assert (second.drafts, second.off, second.gone) == (first.drafts, [], [])


def test_events_of_two_calendars_in_a_file_that_share_a_short_uid_stay_two() -> None:
    both = ["X-WR-CALNAME:One", vevent(DAY.format("11"), uid="1"), "END:VCALENDAR",
            "BEGIN:VCALENDAR", "X-WR-CALNAME:Two", vevent(DAY.format("12"), uid="1")]  # fmt: skip
    first, second = again(both, both, prune=True)

    assert len(first.drafts) == 2
    assert (second.drafts, second.off, second.gone) == (first.drafts, [], [])


def test_a_date_moved_out_of_reach_takes_none_of_the_same_name_with_it() -> None:
    change = vevent("RECURRENCE-ID;VALUE=DATE:20270112", "DTSTART:20290101T190000Z")
    mains = [vevent(DAY.format("11")), vevent(DAY.format("12"), title="Stew")]
    first, second = again([change, *mains], [change, *mains])

    assert second.drafts == first.drafts
    assert len(second.drafts) == 2


def test_a_message_that_cancels_one_date_leaves_the_others() -> None:
    one = vevent("RECURRENCE-ID:20270118T180000Z", DAY.format("18"))
    message = vcalendar("METHOD:CANCEL", one)

    assert not read(message, Scope(SINCE)).whole


def test_no_two_events_have_a_slot_even_if_an_old_uid_comes_back() -> None:
    one = vevent(DAY.format("11"), uid="1@example.net")
    first, second = again([one], [one.replace("UID:1", "UID:2")])
    back = vevent(DAY.format("20"), uid="1@example.net", title="Another")
    third = changes(
        known_of(second), items(one.replace("UID:1", "UID:2"), back), SINCE, whole=True, prune=False
    )

    assert slots(second) == slots(first)
    assert len(set(slots(third))) == 2
