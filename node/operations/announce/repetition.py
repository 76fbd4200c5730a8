"""Events that repeat: a register a date under one series, announced as the window moves."""

from collections.abc import Iterable
from dataclasses import replace

from potluck.node import clock
from potluck.node.calendars.draft import WINDOW, moved
from potluck.node.errors import Unfit
from potluck.node.operations.service import Service
from potluck.protocol import wire
from potluck.protocol.announcement import MAX_NAME, Announcement, Body, Status
from potluck.protocol.text import clean_line
from potluck.protocol.wire import SignedAnnouncement

from . import rules
from .list_events import all_own
from .rules import Repetition
from .signing import author_of, first_revision, next_revision, send, sign_and_keep

_OLD = "rrule"  # how events of earlier versions said that they repeat, in one register


async def repeat_new(service: Service, body: Body, text: str) -> SignedAnnouncement:
    """Announce an event that repeats by this rule; its next date. Raises Unfit, Refused."""
    key = rules.new_key()
    body = replace(body, series=body.series or _series(body.title, key))
    repetition = _made(body, rules.parsed(text), key)
    made = await _announce(service, repetition, body)
    if not made:
        raise Unfit("repeat", "by this rule it takes place in none of the next 180 days")
    return made[0]


async def repeat_from(
    service: Service, standing: Announcement, body: Body, text: str
) -> SignedAnnouncement:
    """Have an own event, that says this now, repeat from its date on, otherwise or no more.

    Later dates that the new rule does not give are called off; those that it gives say what this
    one says. The event. Raises Unfit, Refused.
    """
    slot = standing.slot
    before = rules.of_slot(service, slot)
    key = before.key if before else rules.new_key()
    if body.start is None:
        raise Unfit("start", "say when it starts, such as 2027-03-01T19:00")
    if body.series is None:
        body = replace(body, series=_series(body.title, key))
    ends = text.strip().lower() in rules.NEVER
    after = None if ends else _made(body, rules.parsed(text), key)
    signed = await _revise(service, next_revision(service, standing, standing.status, body))
    first = f"{after.start:%Y%m%d}" if after else ""
    day = (before.day_of(slot) if before else None) or first
    if before is not None:
        await _change_later(service, before, after, body, day)
    if after is not None:
        known = {} if before is None else before.slots
        await _announce(service, replace(after, slots=known | {first: f"{slot:016x}"}), body)
    elif before is not None:
        await rules.forget(service, before)
    return signed


async def announce_further(service: Service) -> int:
    """Announce the dates that have come within 180 days; how many. What recurred is converted."""
    async with service.turn:
        made = 0 if service.store.choices.noted(rules.NOTE) else await _convert(service)
        for repetition in rules.all_of(service):
            body = _last_announced(service, repetition)
            if body is not None:
                made += len(await _announce(service, repetition, body))
        return made


async def _announce(
    service: Service, repetition: Repetition, body: Body
) -> list[SignedAnnouncement]:
    """Announce the dates from now on that are within the window and not announced yet."""
    now, author = service.clock.now(), await author_of(service)
    new: dict[str, Announcement] = {}
    given: dict[str, int] = {}
    for day, start in repetition.dates(now, now + WINDOW):
        slot = given[day] = repetition.slot(day)
        if service.store.ledger.head(service.me, slot) is None:
            there = moved(body, start)
            new[day] = first_revision(service, author, there, slot, ahead=len(new))
    signed = await sign_and_keep(service, list(new.values())) if new else []
    await rules.remember(service, rules.with_slots(repetition, given))
    await send(service, [each.encoded for each in signed])
    return signed


async def _change_later(
    service: Service, before: Repetition, after: Repetition | None, body: Body, day: str
) -> None:
    """Call off what the new rule does not give after that day, and change what it does."""
    now = service.clock.now()
    given = dict(after.dates(now, now + WINDOW)) if after is not None else {}
    changed: list[Announcement] = []
    for each, known in before.slots.items():
        standing = _standing(service, int(known, 16))
        if each <= day or standing is None or standing.body is None:
            continue
        if each not in given:
            changed.append(next_revision(service, standing, Status.CANCELLED, standing.body))
        elif standing.body != (there := moved(body, given[each])):
            changed.append(next_revision(service, standing, standing.status, there))
    signed = await sign_and_keep(service, changed) if changed else []
    await send(service, [each.encoded for each in signed])


async def _convert(service: Service) -> int:
    """Own events that recurred in one register: it is the next date now; how many others follow."""
    made = 0
    for standing in await service.aside(all_own):
        body = standing.body
        if body is None or _OLD not in body.extra or body.start is None:
            continue
        key = rules.new_key()
        extra = {name: value for name, value in body.extra.items() if name != _OLD}
        plain = replace(body, extra=extra, series=body.series or _series(body.title, key))
        repetition = _made(plain, str(body.extra[_OLD]), key)
        now = service.clock.now()
        coming = next(iter(repetition.dates(now, now + WINDOW)), None)
        if coming is None:
            continue
        repetition = rules.with_slots(repetition, {coming[0]: standing.slot})
        await _revise(
            service, next_revision(service, standing, standing.status, moved(plain, coming[1]))
        )
        made += len(await _announce(service, repetition, plain))
    if service.store.choices.noted(rules.NOTE) is None:
        await service.store.choices.note(rules.NOTE, "[]")
    return made


async def _revise(service: Service, announcement: Announcement) -> SignedAnnouncement:
    (signed,) = await sign_and_keep(service, [announcement])
    await send(service, [signed.encoded])
    return signed


def _made(body: Body, rule: str, key: str) -> Repetition:
    start = str(clock.iso(body.start, body.tz))[: len("2027-03-01T19:00:00")]
    return Repetition(key, body.series or body.title, rule, start, body.tz)


def _standing(service: Service, slot: int) -> Announcement | None:
    """What stands announced there, if it is not called off and not over."""
    encoded = service.store.deck.encoded_of(service.me, slot)
    found = wire.decode(encoded).announcement if encoded else None
    if found is None or found.status in (Status.CANCELLED, Status.WITHDRAWN):
        return None
    return found


def _last_announced(service: Service, repetition: Repetition) -> Body | None:
    """What its latest date says, which further ones will say."""
    standing: Iterable[Announcement | None] = (
        _standing(service, int(repetition.slots[day], 16))
        for day in sorted(repetition.slots, reverse=True)
    )
    return next((each.body for each in standing if each is not None and each.body), None)


def _series(title: str, key: str) -> str:
    """A name that the dates of one repetition have in common, and no other event."""
    mark = f" ({key[:8]})"
    return clean_line(title, MAX_NAME - len(mark)) + mark
