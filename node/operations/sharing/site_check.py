"""A site beside one's own node: what it leaves out, and whether its table's hand follows."""

import io
from typing import Annotated, Any, TypedDict
from urllib.parse import urljoin

import msgspec
import trio
from msgspec import Meta

from potluck.node.calendars.fetch import Fetched, fetch
from potluck.node.clock import iso
from potluck.node.operations.announce.event_json import Event, describe_for
from potluck.node.operations.draw.candidates import with_all
from potluck.node.operations.draw.receipts import verify
from potluck.node.operations.fields import Count, Day, Key, Line, Time
from potluck.node.operations.forms import MAX_DAYS, SiteForm
from potluck.node.operations.service import Service
from potluck.protocol import seed, wire
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import RemoteError, VerificationFailed
from potluck.protocol.message import Message
from potluck.protocol.wire import SignedAnnouncement

from . import bundle
from .publish import held_within, window_for

MOST_PARTS = 32


class Part(msgspec.Struct):
    """A part of a site's deck."""

    file: str


class Spot(msgspec.Struct):
    """From where the site looks."""

    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]


class Past(msgspec.Struct):
    """The hand of a table that is open now."""

    date: Day
    seal: Key
    receipt: str


class Site(msgspec.Struct):
    """What is read of a site's site.json."""

    network: str
    published: Annotated[int, Meta(ge=0, le=2**40)]
    days: Annotated[int, Meta(ge=1, le=MAX_DAYS)]
    deck: Annotated[list[Part], Meta(max_length=MOST_PARTS)]
    place: Spot | None = None
    km: Annotated[float, Meta(gt=0, le=20_000)] | None = None
    yesterday: Past | None = None


class CheckedSite(TypedDict):
    """What came of it: the events that the site shows, and that this node would; of these what the
    site leaves out; how many of its signatures do not hold. `hand` is the date of the table's hand
    that could be dealt again, None if none is open; `differences` say where it does not follow.
    """

    site: str
    published: Time
    events: Count
    ours: Count
    left_out: list[Event]
    forged: Count
    hand: Day | None
    differences: list[str]


async def check_site(service: Service, url: Line) -> CheckedSite:
    """Compare a site with what this node holds around the site's place.

    Raises LocalError, and VerificationFailed for what is no site of this network.
    """
    base = url if url.endswith("/") else url + "/"
    site = _read(url, await _get(base, "site.json"))
    if site.network != service.home.network.id.hex():
        raise VerificationFailed("{url} is a site of another network", url=url)
    parts = [await _get(base, part.file) for part in site.deck]
    shown, forged = await trio.to_thread.run_sync(_registers, service, url, parts)
    ours = await _ours(service, site)
    missing = [each for each in ours if _register(each) not in shown]
    return {
        "site": url,
        "published": iso(site.published, "UTC") or "",
        "events": len(shown),
        "ours": len(ours),
        "left_out": [describe_for(service.me, each) for each in missing],
        "forged": forged,
        "hand": site.yesterday.date if site.yesterday else None,
        "differences": await _differences(base, site.yesterday) if site.yesterday else [],
    }


async def _get(base: str, file: str) -> bytes:
    """A file of the site, unpacked; one may look at a site in one's own network."""
    found = await fetch(urljoin(base, file), lambda _: True)
    return found.content if isinstance(found, Fetched) else b""


def _read(url: str, content: bytes) -> Site:
    try:
        return msgspec.json.decode(content, type=Site)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise VerificationFailed("{url} is not a site of Potluck", url=url) from None


def _registers(
    service: Service, url: str, parts: list[bytes]
) -> tuple[set[tuple[bytes, int]], int]:
    """The registers of a deck whose signatures hold, and how many others there are."""
    shown, forged = set(), 0
    for part in parts:
        for encoded in bundle.read_from(service.home.network, url, io.BytesIO(part)):
            try:
                signed = wire.decode(encoded)
            except RemoteError:
                forged += 1
                continue
            if signed.has_valid_signature():
                shown.add(_register(signed))
            else:
                forged += 1
    return shown, forged


def _register(signed: SignedAnnouncement) -> tuple[bytes, int]:
    return signed.announcement.host, signed.announcement.slot


async def _ours(service: Service, site: Site) -> list[SignedAnnouncement]:
    """What this node would show there, of what had been announced when the site was made."""
    past = max(0, service.clock.now() - site.published) // DAY
    at = f"{site.place.lat},{site.place.lon}" if site.place else None
    form = SiteForm(at=at, within=site.km, days=max(1, site.days - past))

    def work(service: Service) -> list[SignedAnnouncement]:
        held = []
        for entry in held_within(service, window_for(service, form)):
            encoded = service.store.deck.encoded_of(entry.host, entry.slot)
            is_past = (entry.start or 0) < service.clock.now()
            if encoded is not None and not is_past and entry.issued_at <= site.published:
                held.append(wire.decode(encoded))
        return held

    return await with_all(service, work)


async def _differences(base: str, past: Past) -> list[str]:
    """Where the hand of a table does not follow from what was sealed."""
    try:
        found = await verify(await _get(base, past.receipt), past.receipt)
    except VerificationFailed as error:
        return [error.message]
    origin: dict[str, Any] = found["origin"]
    differences: list[str] = []
    if seed.commitment(bytes.fromhex(found["seed"])).hex() != past.seal:
        differences.append(Message("its seed is not the one that its seal was made of"))
    if origin.get("date") != past.date:
        differences.append(Message("its receipt is of another day"))
    return differences
