"""The recurrence rules that an announcement may carry: a small, bounded part of RFC 5545.

Only the grammar is checked here. Expansion needs a time zone database and lives in the node.
"""

from __future__ import annotations

import re
from datetime import datetime

from .errors import Invalid

MAX_RULE = 200
MAX_COUNT = 400
MAX_INTERVAL = 99

_DAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_NUMBERED_DAY = f"(?:-?[1-5])?{_DAY}"
_MONTH_DAY = "(?:-?(?:[1-9]|[12][0-9]|3[01]))"
_NUMBER = "[1-9][0-9]{0,2}"
_PARTS = {
    "FREQ": re.compile("DAILY|WEEKLY|MONTHLY"),
    "COUNT": re.compile(_NUMBER),
    "UNTIL": re.compile("[0-9]{8}(?:T[0-9]{6}Z)?"),
    "INTERVAL": re.compile(_NUMBER),
    "BYDAY": re.compile(f"{_NUMBERED_DAY}(?:,{_NUMBERED_DAY}){{0,6}}"),
    "BYMONTHDAY": re.compile(f"{_MONTH_DAY}(?:,{_MONTH_DAY}){{0,30}}"),
    "WKST": re.compile(_DAY),
}


def check_rule(rule: object) -> None:
    """Raise Invalid unless the rule is FREQ=DAILY, WEEKLY or MONTHLY with COUNT or UNTIL.

    COUNT is at most MAX_COUNT, INTERVAL at most MAX_INTERVAL; BYDAY, BYMONTHDAY and WKST may
    follow; numbers before weekdays are for MONTHLY only.
    """
    if type(rule) is not str or len(rule) > MAX_RULE:
        raise Invalid(f"rrule must be text of at most {MAX_RULE} characters")
    parts: dict[str, str] = {}
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in parts or not _PARTS[name].fullmatch(value):
            raise Invalid(f"rrule has a part that is not allowed here: {part}")
        parts[name] = value
    if "FREQ" not in parts or not rule.startswith("FREQ="):
        raise Invalid("rrule must begin with FREQ=DAILY, WEEKLY or MONTHLY")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise Invalid("rrule needs an end: either COUNT or UNTIL")
    if "UNTIL" in parts:
        _check_until(parts["UNTIL"])
    if int(parts.get("COUNT", 1)) > MAX_COUNT:
        raise Invalid(f"rrule's COUNT is more than {MAX_COUNT}")
    if int(parts.get("INTERVAL", 1)) > MAX_INTERVAL:
        raise Invalid(f"rrule's INTERVAL is more than {MAX_INTERVAL}")
    if parts["FREQ"] != "MONTHLY" and re.search("[1-5]", parts.get("BYDAY", "")):
        raise Invalid("rrule may number weekdays only when FREQ=MONTHLY")


def _check_until(until: str) -> None:
    try:
        datetime.strptime(until, "%Y%m%dT%H%M%SZ" if "T" in until else "%Y%m%d")  # noqa: DTZ007 - not kept
    except ValueError:
        raise Invalid(f"rrule's UNTIL is not in the calendar: {until}") from None
