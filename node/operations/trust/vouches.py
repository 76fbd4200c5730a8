"""Vouching: "I have met the keeper of this key", for oneself or for all to see."""

from dataclasses import replace
from typing import TypedDict

from potluck.node.clock import iso, machine_zone, midnight, read_date
from potluck.node.operations.announce.signing import author_of, check_clock, send
from potluck.node.operations.fields import Day, Key, Line, Time, Word
from potluck.node.operations.service import Service
from potluck.node.store import Met
from potluck.protocol import link
from potluck.protocol.errors import NotFound, Refused
from potluck.protocol.identity import spoken_numbers
from potluck.protocol.link import MAX_HOST_NAME
from potluck.protocol.text import clean_line
from potluck.protocol.vouch import MAX_LIFETIME, MAX_VOUCHES, Vouch, revise, sign_vouch

from .hosts import named_host
from .words import word_list


class Vouching(TypedDict):
    """For whom one vouches; `returned`: they vouch back publicly. Walks go on beyond them only
    where it is public and returned."""

    host: Key
    name: str
    words: str
    public: bool
    returned: bool
    met_at: Time
    until: Time


class TakenBack(TypedDict):
    """A host for which one vouches no longer."""

    host: Key
    was_public: bool


class HostCard(TypedDict):
    """A host's key, what its keeper is called, the key's six words, and a link that carries it."""

    host: Key
    name: str
    words: str
    link: str


async def vouch(
    service: Service, host: Line, name: Word = "", *, public: bool = False, until: Day | None = None
) -> Vouching:
    """Say that one has met the keeper of a host's key (key, its beginning, or link).

    For oneself; `public` signs it, so that the whole network sees who met whom. `until` is a date,
    at most 400 days ahead, which is the default. Raises NotFound, Refused, Unfit.
    """
    (key, its_name), now = named_host(service, host), service.clock.real()
    if key == service.me:
        raise Refused("this is your own key; nobody vouches for themselves")
    until_day = read_date("until", until) if until else None
    expires_at = midnight(until_day, machine_zone()) if until_day else now + MAX_LIFETIME
    if not now < expires_at <= now + MAX_LIFETIME:
        raise Refused("a vouch lasts at least until tomorrow, and at most 400 days")
    async with service.turn:
        known = next((one.name for one in service.store.trust.met() if one.host == key), "")
        called = clean_line(name, MAX_HOST_NAME) or known or its_name
        if public:
            await _sign(service, key, now, expires_at, exact=until is not None)
        await service.store.trust.meet(Met(key, called, now, expires_at))
    return next(one for one in await vouches(service) if one["host"] == key.hex())


async def unvouch(service: Service, host: Line) -> TakenBack:
    """Take a vouch back, also one that was public. Raises NotFound."""
    (key, _), now = named_host(service, host), service.clock.real()
    async with service.turn:
        public = _public(service).get(key)
        given = public is not None and public.given
        if given and public is not None:
            await _keep(service, revise(public, given=False, now=now, expires_at=now + 1))
        if not await service.store.trust.unmeet(key) and not given:
            raise NotFound("you do not vouch for this host; see: potluck vouch list")
    return {"host": key.hex(), "was_public": given}


async def vouches(service: Service) -> list[Vouching]:
    """Whom one vouches for, A to Z."""
    now, public = service.clock.real(), _public(service)
    back = {host for host, *_ in service.store.trust.returned(service.me, now)}
    return [
        {
            "host": met.host.hex(),
            "name": met.name,
            "words": spoken(met.host),
            "public": met.host in public and public[met.host].given,
            "returned": met.host in back,
            "met_at": str(iso(met.met_at, "UTC")),
            "until": str(iso(met.until, "UTC")),
        }
        for met in met_by(service)
    ]


async def card(service: Service) -> HostCard:
    """What one shows to be vouched for."""
    return _card(service.me, service.home.config.name)


async def words_of(service: Service, host: Line) -> HostCard:
    """The card of another host, so that one can compare its six words."""
    return _card(*named_host(service, host))


def met_by(service: Service) -> list[Met]:
    """Whom one vouches for now, A to Z, without those taken back publicly since, in another
    home."""
    now, public = service.clock.real(), _public(service)
    met = {one.host: one for one in service.store.trust.met(now)}
    for host, last in public.items():
        if not last.given and host in met and last.issued_at >= met[host].met_at:
            del met[host]
        elif last.given and last.expires_at > now and host not in met:
            met[host] = Met(host, "", last.issued_at, last.expires_at)
    return sorted(met.values(), key=lambda one: (one.name.casefold(), one.host))


def spoken(host: bytes) -> str:
    """The six words of a key."""
    words = word_list()
    return " ".join(words[number] for number in spoken_numbers(host))


def _card(host: bytes, name: str) -> HostCard:
    return {
        "host": host.hex(),
        "name": name,
        "words": spoken(host),
        "link": link.format_host(link.HostCard(host, name or "somebody")),
    }


def _public(service: Service) -> dict[bytes, Vouch]:
    """What one said publicly of each host last."""
    ours = service.store.trust.of(service.me)
    ours.sort(key=lambda one: (one.expires_at, one.issued_at))
    return {one.host: one for one in ours}


async def _sign(service: Service, host: bytes, now: int, expires_at: int, *, exact: bool) -> None:
    """Vouch publicly, in the register in which one did before, or in one that is free."""
    heard = service.connections is not None and service.connections.health().heard_vouches
    if heard:
        service.home.heard_again()
    if service.home.is_restored:
        raise Refused(
            "this home was brought back from a copy. Let it hear first what it said since then:"
            " potluck up, and wait until it has met another node"
        )
    still = {one.host for one in met_by(service)}
    for gone in {one.host for one in service.store.trust.met(now)} - still:
        await service.store.trust.unmeet(gone)  # its register may now be another's
    author = await author_of(service)
    taken = {one.index: one for one in service.store.trust.of(service.me)}
    before = next((one for one in taken.values() if one.host == host), None)
    if exact and before is not None and before.given and before.expires_at > expires_at:
        raise Refused("a public vouch cannot be made to end earlier; take it back, then vouch anew")
    free = (at for at in range(MAX_VOUCHES) if at not in taken or not taken[at].given)
    index = before.index if before is not None else next(free, None)
    if index is None:
        raise Refused("you vouch for {n} hosts already; take one back first", n=MAX_VOUCHES)
    fresh = Vouch(author.network_id, service.me, author.nonce, index, host, now, expires_at, True)
    previous = taken.get(index)
    if previous is not None:
        fresh = replace(revise(previous, given=True, now=now, expires_at=expires_at), host=host)
    await _keep(service, fresh)


async def _keep(service: Service, unsigned: Vouch) -> None:
    """Sign, keep durably, then send if a node runs."""
    await check_clock(service)
    signed = sign_vouch(unsigned, service.home.identity)
    await service.intake.vouches.announce(signed)
    await send(service, [signed.encoded])
