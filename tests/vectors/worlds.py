"""The decks that draws are shown on: what is in them follows from a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import blake2b

from potluck.protocol.candidate import Candidate


def digest(text: str) -> bytes:
    """BLAKE2b-256 of a text."""
    return blake2b(text.encode(), digest_size=32).digest()


def event(host: int, number: int, source: str | None = None, slot: int | None = None) -> Candidate:
    """An event of a host, by its number; see WORLDS_EXPLAINED."""
    series = source if number % 2 else None
    if number and number % 3 == 0:
        series = "weekly"
    id = digest(f"id-{host}-{number}")
    return Candidate(digest(f"host-{host}"), number if slot is None else slot, id, series, source)


def own(hosts: Iterable[int], events_of: Callable[[int], int]) -> list[Candidate]:
    """Hosts that announce their own events."""
    return [event(host, number) for host in hosts for number in range(events_of(host))]


def imported(host: int, numbers: Iterable[int], organisers: int) -> list[Candidate]:
    """What a host imports of so many organisers."""
    return [event(host, number, f"feed-{number % organisers}") for number in numbers]


def invented(host: int) -> list[Candidate]:
    """What a host adds to the 12 organisers that it imports."""
    return [event(host, k, f"feed-{k % 12}", 1000 * host + k) for k in range(60, 200)]


def renamed(candidate: Candidate) -> Candidate:
    """The candidate in another series, if it is in one."""
    series = candidate.series and f"bundle {candidate.slot % 5}"
    return replace(candidate, series=series)


def same(windows: Iterable[Iterable[int]]) -> list[Candidate]:
    """Hosts 0, 1, 2 import these of the same events; hosts 3 and 4 announce 60 each."""
    importers = [one for host, numbers in enumerate(windows) for one in imported(host, numbers, 12)]
    return [*importers, *own((3, 4), lambda _: 60)]


ALL = range(60)
SAME = same([ALL] * 3)
WORLDS: dict[str, list[Candidate]] = {
    "small": own(range(7), lambda host: 1 + host % 4),
    "big": own(range(400), lambda host: 2630 if host == 3 else 1 + host % 9),
    "few": own(range(2), lambda _: 9),
    "town": [*imported(0, range(300), 40), *own(range(1, 14), lambda _: 1)],
    "same": SAME,
    "shifted": same(range(2 * host, 56 + 2 * host) for host in range(3)),
    "diluted": [
        *imported(0, ALL, 12),
        *(one for host in range(1, 5) for one in (*imported(host, ALL, 12), *invented(host))),
        *own([5], lambda _: 60),
    ],
    "renamed": [renamed(one) if one.host == digest("host-2") else one for one in SAME],
    "mixed": [
        *(event(h, k, f"feed-{k % 5}" if k % 7 else None) for h in (0, 1) for k in range(30)),
        *own((2, 3), lambda _: 30),
    ],
    "names": [
        Candidate(digest("host-0"), 1, digest("a"), ""),
        Candidate(digest("host-0"), 1 << 63, digest("b"), "é"),
        Candidate(digest("host-0"), 2, digest("c"), "\0"),
        Candidate(digest("host-0"), 3, digest("d"), None, "Bücherei Süd"),
        Candidate(digest("host-1"), 3, digest("e"), "", "Bücherei Süd"),
        Candidate(digest("host-1"), 3 << 8, digest("f"), "\U0001f372", "Bücherei"),
        Candidate(digest("host-1"), 1, digest("g")),
    ],
    "empty": [],
}
WORLDS_EXPLAINED = {
    "host i": "BLAKE2b-256 of host-i; event k, from 0 on, has slot k and id BLAKE2b-256 of id-i-k;"
    " its series is weekly for k = 3, 6, 9, ..., else the source for odd k, else none; an imported"
    " event of m organisers has the source feed-(k mod m)",
    "small": "7 hosts, 1 + i mod 4 events each",
    "big": "400 hosts, host 3 with 2630 events, the others with 1 + i mod 9",
    "few": "2 hosts, 9 events each",
    "town": "host 0 imports 300 events of 40 organisers; hosts 1 to 13 announce one each",
    "same": "hosts 0, 1, 2 import the same 60 events of 12 organisers; hosts 3 and 4 have 60 each",
    "shifted": "as same, but host i < 3 has only the events 2i to 55 + 2i",
    "diluted": "hosts 0 to 4 import the same 60 events of 12 organisers; hosts 1 to 4 add events"
    " k = 60 to 199 of these, which have slot 1000 i + k; host 5 announces 60",
    "renamed": "as same, but what has a series at host 2 has there the series bundle (k mod 5)",
    "mixed": (
        "4 hosts, 30 events each; hosts 0 and 1 import all but k = 0, 7, 14, ...; 5 organisers"
    ),
    "names": "[host, slot, the id is BLAKE2b-256 of, series, source]: "
    '[0, 1, a, "", none], [0, 2^63, b, "é", none], [0, 2, c, "U+0000", none],'
    ' [0, 3, d, none, "Bücherei Süd"], [1, 3, e, "", "Bücherei Süd"],'
    ' [1, 768, f, "U+1F372", "Bücherei"], [1, 1, g, none, none]',
    "empty": "no candidates",
}
