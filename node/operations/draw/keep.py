"""What a person does with cards, all of it on this machine only: keep, skip, not tonight."""

from potluck.node.operations.announce.event_json import Event, describe
from potluck.node.operations.announce.signing import event_of, held
from potluck.node.operations.service import Service
from potluck.protocol import wire
from potluck.protocol.errors import NotFound

from .plan import remember


async def keep(service: Service, id: str) -> Event:
    """Keep an event: a redraw leaves it on the table. The event."""
    signed = await _choose(service, id, kept=True)
    return await remember(service, signed)


async def skip(service: Service, id: str) -> Event:
    """Say no to an event. The event."""
    return describe(service, await _choose(service, id, kept=False))


async def not_tonight(service: Service, id: str) -> Event:
    """Put a card of a hand back into the hat: it may be dealt again on another day. The event.

    What is skipped or left stays in the bag until the deck is spent. Raises NotFound if it was
    never dealt.
    """
    signed = held(service, id)
    register = signed.announcement.register
    if not await service.store.hands.put_back(event_of(signed)):
        raise NotFound("this event was never dealt to you, so it is in the hat")
    await service.store.choices.forget(*register)
    return describe(service, signed)


async def forget(service: Service, id: str) -> Event:
    """Take a keep, a skip or a "not tonight" back. Raises NotFound if there was none. The event."""
    signed = held(service, id)
    register = signed.announcement.register
    if not (
        await service.store.choices.forget(*register)
        or await service.store.hands.take_out(event_of(signed))
    ):
        raise NotFound("this event was neither kept nor skipped; see: potluck plan list")
    return describe(service, signed)


async def kept(service: Service) -> list[Event]:
    """The events kept, by time."""
    found = [service.store.deck.encoded_of(*register) for register in service.store.choices.kept()]
    events = [describe(service, wire.decode(encoded)) for encoded in found if encoded]
    return sorted(events, key=lambda event: event["start"] or "9999")


async def _choose(service: Service, id: str, *, kept: bool) -> wire.SignedAnnouncement:
    signed = held(service, id)
    register, now = signed.announcement.register, service.clock.now()
    await service.store.hands.take_out(event_of(signed))
    await service.store.choices.choose(*register, kept=kept, now=now)
    return signed
