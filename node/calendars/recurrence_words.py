"""A recurrence rule as people say it: "every thursday 8 times" is FREQ=WEEKLY;BYDAY=TH;COUNT=8."""

import re

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CODES = {day: day[:2].upper() for day in DAYS}
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_NAMES = "|".join(f"{day}s?" for day in DAYS)
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)"

_PATTERN = re.compile(
    rf"every\s+(?:(?P<step>other|\d{{1,2}})\s+)?(?:"
    rf"(?P<unit>day|week|month|year)s?"
    rf"|(?P<which>{'|'.join(_ORDINALS)})\s+(?P<one>{'|'.join(DAYS)})(?:\s+of\s+the\s+month)?"
    rf"|(?P<days>weekday|(?:{_NAMES})(?:{_AND}(?:{_NAMES}))*)"
    r")(?:\s+(?P<times>\d{1,3})\s+times|\s+until\s+(?P<until>\d{4}-\d{2}-\d{2}))?"
)


def rule_of(text: str) -> str | None:
    """The rule as RFC 5545 writes it, or None if it is said in no way that is known here."""
    found = _PATTERN.fullmatch(" ".join(text.lower().split()))
    if found is None:
        return None
    parts = [_what(found)]
    if found["step"]:
        parts.append(f"INTERVAL={2 if found['step'] == 'other' else int(found['step'])}")
    if found["times"]:
        parts.append(f"COUNT={int(found['times'])}")
    if found["until"]:
        parts.append(f"UNTIL={found['until'].replace('-', '')}")
    return ";".join(parts)


def _what(found: re.Match[str]) -> str:
    if found["unit"]:
        return f"FREQ={_UNITS[found['unit']]}"
    if found["one"]:
        return f"FREQ=MONTHLY;BYDAY={_ORDINALS[found['which']]}{_CODES[found['one']]}"
    if found["days"] == "weekday":
        return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
    days = [code for day, code in _CODES.items() if day in found["days"]]
    return f"FREQ=WEEKLY;BYDAY={','.join(days)}"
