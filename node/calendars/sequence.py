"""Versions of one event, and events that share a UID by mistake: told apart."""

from collections import defaultdict

from .component import Component


def newest(events: list[Component]) -> list[Component]:
    """Of versions of one event only the newest; events that share a UID by mistake all stay.

    Versions are told by their SEQUENCE, or begin at the same time.
    """
    if len(events) < 2:
        return events
    if len({_sequence(event) for event in events}) == len(events):
        return [max(events, key=_age)]
    at: dict[str, list[Component]] = defaultdict(list)
    for event in events:
        start = event.first("DTSTART")
        at[start.value if start else ""].append(event)
    kept: list[Component] = []
    for same in at.values():
        titled = {event.text("SUMMARY"): event for event in sorted(same, key=_age)}
        dated = len({event.text("LAST-MODIFIED") for event in same}) == len(same)
        kept += [max(same, key=_age)] if dated else titled.values()
    return kept


def newest_changes(changes: list[Component]) -> list[Component]:
    """The newest of those that change the same date."""
    by_date: dict[str, Component] = {}
    for change in sorted(changes, key=_age):
        by_date[change.text("RECURRENCE-ID").strip()] = change
    return list(by_date.values())


def _age(event: Component) -> tuple[int, str, str]:
    return _sequence(event), event.text("LAST-MODIFIED"), event.text("DTSTAMP")


def _sequence(event: Component) -> int:
    number = event.text("SEQUENCE").strip()
    return int(number) if number.isdecimal() and len(number) < 10 else 0
