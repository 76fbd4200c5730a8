"""Sign, keep durably, send: the one way from a body to the network."""

import secrets
from collections.abc import Sequence

from potluck.node.clock import iso
from potluck.node.limits import CLOCK_HOSTS, CLOCK_TOLERANCE, RELEASED
from potluck.node.operations.service import Service
from potluck.protocol import authoring, wire
from potluck.protocol.admission import MAX_AHEAD
from potluck.protocol.announcement import Announcement, Body, Status
from potluck.protocol.authoring import Author
from potluck.protocol.candidate import who
from potluck.protocol.errors import LocalError, Refused
from potluck.protocol.wire import SignedAnnouncement

from .body import explained
from .stamps import ensure_stamp


async def author_of(service: Service) -> Author:
    """This host with its birth stamp, which is searched for if it was never found."""
    nonce = await ensure_stamp(service.home, service.progress)
    return Author(service.home.network.id, service.me, nonce)


def first_revision(
    service: Service, author: Author, body: Body, slot: int | None = None, ahead: int = 0
) -> Announcement:
    """The first revision of a new register; a random slot unless one is given.

    `ahead` counts new registers that were made and are not yet kept.
    """
    now = service.clock.real()
    if slot is None:
        slot = secrets.randbits(64)
    live = service.store.ledger.live_registers(service.me, now) + ahead
    with explained():
        return authoring.announce(author, slot, body, now=now, live_registers=live)


def next_revision(
    service: Service, previous: Announcement, status: Status, body: Body | None
) -> Announcement:
    """What follows on an announcement of ours."""
    with explained():
        return authoring.revise(previous, status, body, now=service.clock.real())


async def sign_and_send(service: Service, announcement: Announcement) -> SignedAnnouncement:
    """Sign, keep durably, then send if a node runs. Raises Refused, LocalError."""
    (signed,) = await sign_and_keep(service, [announcement])
    await send(service, [signed.encoded])
    return signed


async def sign_and_keep(
    service: Service, announcements: Sequence[Announcement]
) -> list[SignedAnnouncement]:
    """Sign and keep, durably before returning. Raises Refused, LocalError."""
    await check_clock(service)
    with explained():
        identity = service.home.identity
        signed = [wire.sign(announcement, identity) for announcement in announcements]
    await service.intake.announce_many(signed)
    return signed


async def check_clock(service: Service) -> None:
    """What is signed under a wrong clock is refused elsewhere, or outlives its event. Raises
    Refused."""
    offset = service.connections.clock_offset() if service.connections else None
    if offset is None:
        await _check_clock_alone(service)
    elif abs(offset) > CLOCK_TOLERANCE:
        by = abs(offset) / 60
        if offset > 0:
            raise Refused(
                "this machine's clock is {minutes:.0f} minutes behind its peers': set it first",
                minutes=by,
            )
        raise Refused(
            "this machine's clock is {minutes:.0f} minutes ahead of its peers': set it first",
            minutes=by,
        )


async def _check_clock_alone(service: Service) -> None:
    """The same without enough peers: what shows then is only that a clock is behind."""
    now = service.clock.real()
    least = max(RELEASED, await service.store.deck.newest(CLOCK_HOSTS) or 0)
    if now < least - MAX_AHEAD:
        says, later = iso(now, "UTC"), iso(least, "UTC")
        raise Refused(
            "this machine's clock says {says}, but it is {later} or later: set it first",
            says=says,
            later=later,
        )


async def send(service: Service, announcements: Sequence[bytes]) -> None:
    """Send what is kept, if a node runs."""
    if service.connections is not None and announcements:
        await service.connections.spread(announcements)


def event_of(signed: SignedAnnouncement) -> bytes:
    """The item of the event (`Candidate.event`), whoever brings it."""
    announcement = signed.announcement
    source = announcement.body.source if announcement.body else None
    organiser = who(announcement.host, source.id if source else None)
    return organiser + announcement.slot.to_bytes(8, "big")


def own(service: Service, prefix: str) -> Announcement:
    """The latest revision of an event of ours by a beginning of its id. Raises NotFound,
    Refused."""
    found = held(service, prefix).announcement
    if found.host != service.me:
        raise Refused("this event is another host's; only who announced it can change it")
    return found


def held(service: Service, prefix: str) -> SignedAnnouncement:
    """The latest revision of an event by a beginning of any of its ids. Raises NotFound,
    Refused."""
    deck = service.store.deck
    for _ in range(2):  # a newer revision may be written between the two reads
        found = deck.encoded(deck.find(prefix))
        if found is not None:
            return wire.decode(found)
    raise LocalError(
        "this event is known, but the full deck here did not keep it; see deck.max_events"
    )
