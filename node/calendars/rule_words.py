"""A recurrence rule as people say it: "every thursday 8 times" is FREQ=WEEKLY;BYDAY=TH;COUNT=8."""

from __future__ import annotations

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CODES = {day: day[:2].upper() for day in DAYS}
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_NAMES = "|".join(f"{day}s?" for day in DAYS)
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)"

_SAID = re.compile(
    rf"every\s+(?:(?P<step>other|\d{{1,2}})\s+)?(?:"
    rf"(?P<unit>day|week|month|year)s?"
    rf"|(?P<which>{'|'.join(_ORDINALS)})\s+(?P<one>{'|'.join(DAYS)})(?:\s+of\s+the\s+month)?"
    rf"|(?P<days>weekday|(?:{_NAMES})(?:{_AND}(?:{_NAMES}))*)"
    r")(?:\s+(?P<times>\d{1,3})\s+times|\s+until\s+(?P<until>\d{4}-\d{2}-\d{2}))?"
)


def rule_of(text: str) -> str | None:
    """The rule as RFC 5545 writes it, or None if it is said in no way that is known here."""
    said = _SAID.fullmatch(" ".join(text.lower().split()))
    if said is None:
        return None
    parts = [_what(said)]
    if said["step"]:
        parts.append(f"INTERVAL={2 if said['step'] == 'other' else int(said['step'])}")
    if said["times"]:
        parts.append(f"COUNT={int(said['times'])}")
    if said["until"]:
        parts.append(f"UNTIL={said['until'].replace('-', '')}")
    return ";".join(parts)


def _what(said: re.Match[str]) -> str:
    if said["unit"]:
        return f"FREQ={_UNITS[said['unit']]}"
    if said["one"]:
        return f"FREQ=MONTHLY;BYDAY={_ORDINALS[said['which']]}{_CODES[said['one']]}"
    if said["days"] == "weekday":
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    days = [code for day, code in _CODES.items() if day in said["days"]]
    return f"FREQ=WEEKLY;BYDAY={','.join(days)}"
