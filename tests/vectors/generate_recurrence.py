"""Write recurrence.json: `python -m tests.vectors.generate_recurrence`.

Which occurrences a rule has, for all who sit at a table to draw from the same. Explained in PROTOCOL.md.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from potluck.node.operations.announce.recurrence import starts

FILE = Path(__file__).with_name("recurrence.json")
MOST_WRITTEN_OUT = 8
BERLIN = "Europe/Berlin"
NEW_YEAR, MONDAY, SUNDAY = "2027-01-01T08:00", "2027-03-01T19:00", "2027-03-07T12:00"

# what it shows, the start on the wall, the time zone, the rule
CASES = [
    ("the hour stays when the clocks change", "2027-03-26T19:00", BERLIN, "FREQ=DAILY;COUNT=4"),
    ("a time that the clocks skip", "2027-03-27T02:30", BERLIN, "FREQ=DAILY;COUNT=3"),
    ("a time that comes twice", "2027-10-30T02:30", BERLIN, "FREQ=DAILY;COUNT=3"),
    ("the weekday of the start", "2027-03-03T19:00", BERLIN, "FREQ=WEEKLY;COUNT=3"),
    (
        "a start that the rule does not name",
        "2027-03-03T19:00",
        BERLIN,
        "FREQ=WEEKLY;COUNT=3;BYDAY=MO,TU",
    ),
    (
        "every other week, from Monday",
        "2027-03-07T12:00",
        BERLIN,
        "FREQ=WEEKLY;COUNT=4;INTERVAL=2;BYDAY=MO,SU",
    ),
    (
        "every other week, from Sunday",
        SUNDAY,
        BERLIN,
        "FREQ=WEEKLY;COUNT=4;INTERVAL=2;WKST=SU;BYDAY=MO,SU",
    ),
    ("months that have the day", "2027-01-31T10:00", BERLIN, "FREQ=MONTHLY;COUNT=4"),
    (
        "days from the month's end",
        "2027-01-01T10:00",
        BERLIN,
        "FREQ=MONTHLY;COUNT=4;BYMONTHDAY=-1,30",
    ),
    (
        "weekdays by number",
        "2027-01-01T10:00",
        "America/Adak",
        "FREQ=MONTHLY;COUNT=6;BYDAY=2TU,-1FR",
    ),
    (
        "a weekday by number, and any",
        "2027-03-01T10:00",
        "UTC",
        "FREQ=MONTHLY;COUNT=6;BYDAY=MO,1TU",
    ),
    (
        "Fridays that are a 13th",
        "2027-01-01T20:00",
        BERLIN,
        "FREQ=MONTHLY;COUNT=2;BYDAY=FR;BYMONTHDAY=13",
    ),
    (
        "every third day from the 1st",
        "2027-01-01T08:00",
        BERLIN,
        "FREQ=DAILY;COUNT=5;INTERVAL=3;BYDAY=MO,WE",
    ),
    ("until a second, which counts", MONDAY, BERLIN, "FREQ=DAILY;UNTIL=20270303T180000Z"),
    ("until the second before", MONDAY, BERLIN, "FREQ=DAILY;UNTIL=20270303T175959Z"),
    (
        "until a day, at its midnight there",
        "2027-03-01T19:00",
        "Pacific/Kiritimati",
        "FREQ=DAILY;UNTIL=20270303",
    ),
    ("400 days and no longer", "2027-01-01T19:00", BERLIN, "FREQ=WEEKLY;COUNT=400"),
    ("none at all", "2027-01-01T19:00", BERLIN, "FREQ=DAILY;COUNT=5;INTERVAL=7;BYDAY=SA"),
    ("a zone that nobody knows", "2027-03-26T19:00", "No/Such", "FREQ=DAILY;COUNT=2"),
]


def vectors() -> dict[str, Any]:
    """All cases; times are UTC seconds."""
    return {"cases": [case(*words) for words in CASES]}


def case(name: str, on_the_wall: str, tz: str, rule: str) -> dict[str, Any]:
    zone = ZoneInfo("UTC" if tz == "No/Such" else tz)
    start = int(datetime.fromisoformat(on_the_wall).replace(tzinfo=zone).timestamp())
    found = list(starts(rule, start, tz))
    return {
        "name": name,
        "rule": rule,
        "tz": tz,
        "start": start,
        "count": len(found),
        "first": found[:MOST_WRITTEN_OUT],
        "last": found[-1] if found else None,
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
