"""Slots of imported events: whoever imports an event, from file or address, hits the same one."""

import re
from hashlib import blake2b

_DOTTED_DOMAIN = re.compile(r"[^.@]+(?:\.[^.@]+)+")
_LONG_UID = 22


def slot_space(uid: str, calendar: str, source_id: str) -> str:
    """Within what a UID is unique: everywhere ("") if it looks so, else its calendar or source.

    `calendar` is the calendar's name, empty if it has none.
    """
    _, at, domain = uid.rpartition("@")
    if len(uid) >= _LONG_UID or (at and _DOTTED_DOMAIN.fullmatch(domain)):
        return ""
    return calendar or source_id


def imported_slot(space: str, uid: str, occurrence: str) -> int:
    """The slot (u64) of an imported event.

    `space` is that of `slot_space`, `uid` the calendar's UID. `occurrence` is empty for a single
    event; for one date of a repeated event it is the local date that it had at first, YYYYMMDD,
    with THHMM behind it only if the rule has several on that day.
    """
    named = b"\0".join(part.encode() for part in (space, uid, occurrence))
    digest = blake2b(named, digest_size=32, person=b"potluck.slot").digest()
    return int.from_bytes(digest[:8], "big")
