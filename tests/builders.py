"""What tests build with: constructors of valid values, and Hypothesis strategies for them."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from potluck.protocol import stamp, wire
from potluck.protocol.announcement import (
    ACCESS_NEEDS,
    DAY,
    MAX_LIFETIME,
    Announcement,
    Body,
    Place,
    Source,
    Status,
)
from potluck.protocol.authoring import Author
from potluck.protocol.errors import Invalid
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network
from potluck.protocol.text import clean_line, clean_lines, clean_source_id

NOW = 1_795_000_000
"""2026-11-18T11:06:40Z: the instant at which tests happen unless they say otherwise."""

NETWORK = Network("test", stamp_bits=4)


@cache
def host(number: int = 0) -> Identity:
    """The same host key for the same number."""
    return Identity.from_seed(number.to_bytes(32, "big"))


@cache
def nonce(identity: Identity, network: Network = NETWORK) -> bytes:
    """The host's birth stamp."""
    found = stamp.birth(network.id, identity.key, network.stamp_bits).search(0, 1 << 20)
    assert found is not None
    return found


@cache
def source_stamp(source_id: str, identity: Identity, network: Network = NETWORK) -> bytes:
    """What the host has paid for a source."""
    challenge = stamp.of_source(network.id, identity.key, source_id, network.stamp_bits)
    found = challenge.search(0, 1 << 20)
    assert found is not None
    return found


def source(source_id: str = "Library", identity: Identity | None = None, **fields: Any) -> Source:
    """A source that the host has paid for on the network of the tests."""
    return Source(source_id, source_stamp(source_id, identity or host()), **fields)


def author(identity: Identity | None = None, network: Network = NETWORK) -> Author:
    """The host on the network, stamped."""
    identity = identity or host()
    return Author(network.id, identity.key, nonce(identity, network))


def body(title: str = "Soup night", start: int | None = NOW + DAY, **fields: Any) -> Body:
    """A small valid body."""
    fields.setdefault("tz", "Europe/Berlin")
    fields.setdefault("place", Place("Café X", None, 52.52, 13.405))
    return Body(title=title, start=start, **fields)


def announcement(
    identity: Identity | None = None,
    slot: int = 1,
    revision: int = 0,
    *,
    network: Network = NETWORK,
    issued_at: int = NOW,
    expires_at: int = NOW + 31 * DAY,
    status: Status = Status.SCHEDULED,
    what: Body | None = None,
) -> Announcement:
    """A valid announcement; a withdrawn one gets no body."""
    identity = identity or host()
    what = None if status is Status.WITHDRAWN else what or body()
    return Announcement(
        network.id,
        identity.key,
        nonce(identity, network),
        slot,
        revision,
        issued_at,
        expires_at,
        status,
        what,
    )


def signed(
    identity: Identity | None = None, slot: int = 1, **fields: Any
) -> wire.SignedAnnouncement:
    """The same, signed."""
    identity = identity or host()
    return wire.sign(announcement(identity, slot, **fields), identity)


def lines(limit: int) -> st.SearchStrategy[str]:
    """Allowed one-line texts of any script."""
    raw = st.text(st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=limit)
    return raw.map(lambda words: clean_line(words, limit)).filter(
        lambda line: bool(line) and len(line) <= limit
    )


texts = st.text(st.characters(exclude_categories=["Cs", "Cn"]), min_size=1, max_size=200).map(
    lambda words: clean_lines(words, 300)
)
degrees = st.floats(-90, 90)
later = st.dictionaries(
    st.sampled_from(["x", "later", "zoo"]), st.none() | st.integers(-9, 9) | lines(9)
)
spots = st.just((None, None, None)) | st.tuples(
    degrees, st.floats(-180, 180), st.none() | st.integers(0, 20_040_000)
)
places = st.builds(
    lambda name, address, spot, extra: Place(name, address, spot[0], spot[1], spot[2], extra),
    lines(40),
    st.none() | lines(60),
    spots,
    later,
)
urls = st.from_regex(r"https?://[a-z0-9.]{1,20}\.org/[a-z0-9/?=&%_-]{0,30}", fullmatch=True)
sources = st.builds(
    Source,
    lines(40).map(lambda words: clean_source_id(words, 40)).filter(bool),
    st.binary(min_size=8, max_size=8),  # all of them pay for a source on a network of 4 bits
    st.none() | lines(40),
    st.none() | urls,
    st.none() | st.binary(min_size=32, max_size=32),
    later,
)
origins: st.SearchStrategy[dict[str, Any]] = st.one_of(  # an imported event has no key for answers
    st.just({}),
    sources.map(lambda source: {"source": source}),
    st.binary(min_size=32, max_size=32).map(lambda key: {"rsvp_key": key}),
)


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    """Bodies with every field said or not said."""
    start = draw(st.integers(0, (1 << 32) - 2 * DAY))
    return Body(
        title=draw(lines(140)),
        tz=draw(
            st.sampled_from(
                [*("UTC", "Europe/Berlin", "Etc/GMT+2"), "America/Indiana/Indianapolis"]
            )
        ),
        start=start,
        end=draw(st.none() | st.integers(start, start + 2 * DAY)),
        all_day=draw(st.booleans()),
        place=draw(st.none() | places),
        about=draw(st.none() | texts.filter(bool)),
        topics=tuple(draw(st.lists(lines(20), max_size=5, unique=True))),
        lang=draw(st.none() | st.sampled_from(["de", "pt-BR", "yue"])),
        price=draw(st.none() | lines(20)),
        capacity=draw(st.none() | st.integers(1, 1_000_000)),
        access=draw(st.dictionaries(st.sampled_from(ACCESS_NEEDS), st.booleans())),
        url=draw(st.none() | urls),
        series=draw(st.none() | lines(40)),
        **draw(origins),
        extra=draw(later),
    )


@st.composite
def announcements(draw: st.DrawFn) -> Announcement:
    """Announcements of three hosts, of every status, at every time."""
    identity = host(draw(st.integers(0, 2)))
    status = draw(st.sampled_from(Status))
    issued_at = draw(st.integers(0, (1 << 32) - 1 - MAX_LIFETIME))
    return Announcement(
        NETWORK.id,
        identity.key,
        nonce(identity),
        draw(st.integers(0, (1 << 64) - 1)),
        draw(st.integers(0, (1 << 16) - 1)),
        issued_at,
        issued_at + draw(st.integers(1, MAX_LIFETIME)),
        status,
        None if status is Status.WITHDRAWN else draw(bodies()),
    )


@st.composite
def signed_announcements(draw: st.DrawFn) -> wire.SignedAnnouncement:
    """Signed by their hosts; those too long for the wire are left out."""
    value = draw(announcements())
    identity = next(host(number) for number in range(3) if host(number).key == value.host)
    try:
        return wire.sign(value, identity)
    except Invalid:
        return signed(identity)
