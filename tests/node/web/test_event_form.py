"""The blank ticket's times, there and back; and where a ticket says that something is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.node.errors import Unfit
from potluck.node.web.pages import event_form as forms

DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))
MINUTES = st.times().map(lambda each: each.replace(second=0, microsecond=0))
SPANS = st.timedeltas(timedelta(), timedelta(days=40)).map(
    lambda each: timedelta(minutes=each // timedelta(minutes=1))
)


def filled(**said: str) -> dict[str, Any]:
    return forms.EMPTY | said


@given(DATES, MINUTES, SPANS)
def test_what_a_form_shows_of_hours_it_reads_as_the_same_hours(
    day: date, at: time, span: timedelta
) -> None:
    start = datetime.combine(day, at)
    shown = filled(**forms._filled_times(start, start + span, all_day=False))
    read = forms.times(shown)
    assert datetime.fromisoformat(read["start"]) == start
    assert datetime.fromisoformat(read["end"] or read["start"]) == start + span


@given(DATES, st.integers(0, 40))
def test_what_a_form_shows_of_days_it_reads_as_the_same_days(day: date, more: int) -> None:
    start = datetime.combine(day, time())
    end = start + timedelta(days=more + 1)
    read = forms.times(filled(**forms._filled_times(start, end, all_day=True)))
    assert read["start"] == day.isoformat()
    assert read["end"] == ((day + timedelta(days=more)).isoformat() if more else "")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"day": "2027-02-30"}, "start"),
        ({"day": "2027-03-02", "until": "2027-03-01"}, "until"),
        ({"day": "2027-03-02", "until": "soon"}, "until"),
        ({"day": "2027-03-02", "at": "10:00", "until": "2027-03-04"}, "end"),
    ],
)
def test_times_that_do_not_fit_name_their_field(said: dict[str, str], field: str) -> None:
    with pytest.raises(Unfit) as error:
        forms.times(filled(**said))
    assert error.value.field == field
