"""One's own events that repeat, put together again for a calendar: a rule and its exceptions."""

from collections.abc import Iterable

from potluck.node.calendars.write import Repeated
from potluck.node.operations.announce import rules
from potluck.node.operations.announce.rules import Repetition
from potluck.node.operations.service import Service
from potluck.protocol.announcement import Announcement, Status


def apart(
    service: Service, announcements: Iterable[Announcement]
) -> tuple[list[Announcement], list[Repeated]]:
    """Those that stand alone, and those that repeat, each with its dates here."""
    left = {each.register: each for each in announcements}
    repeated = []
    for repetition in rules.all_of(service):
        own = {
            day: left[service.me, int(slot, 16)]
            for day, slot in sorted(repetition.slots.items())
            if (service.me, int(slot, 16)) in left
        }
        found = _repeated(repetition, own)
        if found is not None:
            repeated.append(found)
            for _, each in found.dates:
                if each is not None:
                    del left[each.register]
    return list(left.values()), repeated


def _repeated(repetition: Repetition, own: dict[str, Announcement]) -> Repeated | None:
    """What a rule gives from the first date on that is as it gives it; None if there is none."""
    starts = [each.body.start for each in own.values() if each.body and each.body.start is not None]
    if not starts:
        return None
    rule, dates = rules.whole(repetition, min(starts))
    given = [(start, own.get(day)) for day, start in dates]
    for number, (start, announced) in enumerate(given):
        body = announced.body if announced else None
        plain = announced is not None and announced.status is Status.SCHEDULED
        if plain and body is not None and body.start == start:
            return Repeated(rule, given[number:])  # changed ones before it stand alone
    return None
