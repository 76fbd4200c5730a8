"""Announcements that must be refused, each for one reason only."""

from __future__ import annotations

from typing import Any

from potluck.protocol import canonical, wire

LATER = [1, -1, 2.5, None, {"a": b"\xff"}]
"""The value of the key `later` of the announcement with every field that these are made from."""


def deep(levels: int) -> list[Any]:
    """An array in an array in an array …"""
    return [deep(levels - 1)] if levels > 1 else []


def announcements(whole: bytes) -> list[tuple[str, bytes]]:
    """Name and bytes, made from an announcement that holds."""
    signed, signature = canonical.unpack(whole)
    fields = canonical.unpack(signed)

    def outer(*parts: Any) -> bytes:
        return canonical.pack([*parts])

    def within(old: bytes, new: bytes) -> bytes:
        assert signed.count(old) == 1
        return outer(signed.replace(old, new), signature)

    def encoded(position: int, value: Any) -> bytes:
        changed = [value if index == position else field for index, field in enumerate(fields)]
        return outer(canonical.pack(canonical.ordered(changed)), signature)

    def body(**changes: Any) -> bytes:
        return encoded(9, fields[9] | changes)

    def without(*names: str) -> bytes:
        return encoded(9, {name: value for name, value in fields[9].items() if name not in names})

    def imported(source: dict[str, Any]) -> bytes:
        body = {name: value for name, value in fields[9].items() if name != "rsvp_key"}
        return encoded(9, body | {"source": source})

    wire.decode(imported(SOURCE))  # only what is wrong with it is
    return [
        ("a byte after the end", whole + b"\0"),
        ("4,097 bytes", body(later="x" * (4_097 - len(body(later="x" * 300)) + 300))),
        ("signed is text, not binary", outer("x", signature)),
        ("a signature of 63 bytes", outer(signed, signature[:63])),
        ("three binaries", outer(signed, signature, b"")),
        ("eleven fields", outer(canonical.pack([*fields, None]), signature)),
        *((name, within(old, new)) for name, old, new in _OTHER_FORMS),
        *((name, encoded(position, value)) for name, position, value in _FIELDS),
        *((name, body(**{key: value})) for name, key, value in _VALUES),
        ("no title", without("title")),
        ("no time zone", without("tz")),
        ("scheduled without a start", without("start", "end")),
        ("an end without a start", without("start")),
        ("a key for answers to an imported event", body(source=SOURCE)),
        *((name, imported(source)) for name, source in _SOURCES),
    ]


SPOT = {"name": "x", "lat": 52.5, "lon": 13.5}
SOURCE = {"id": "x", "stamp": bytes(8)}

_A = b"\xa5later"
_OTHER_FORMS = [
    ("a revision in a longer integer form", b"\xcd\xff\xff", b"\xce\x00\x00\xff\xff"),
    ("40 as a signed integer", b"\xa8capacity\x28", b"\xa8capacity\xd0\x28"),
    (
        "1000 as a signed integer of the same length",
        b"\xa8capacity\x28",
        b"\xa8capacity\xd1\x03\xe8",
    ),
    ("text in a longer form", b"\xa4lang\xa2de", b"\xa4lang\xd9\x02de"),
    ("text that is not UTF-8", b"\xa4lang\xa2de", b"\xa4lang\xa2\xc3\x28"),
    ("half a surrogate pair", b"\xa5price\xa4free", b"\xa5price\xa3\xed\xa0\x80"),
    ("binary in a longer form", b"\xa8rsvp_key\xc4\x20", b"\xa8rsvp_key\xc5\x00\x20"),
    ("an array in a longer form", b"\xa6topics\x92", b"\xa6topics\xdc\x00\x02"),
    ("a map in a longer form", b"\xa6access\x82", b"\xa6access\xde\x00\x02"),
    ("keys out of order", _A, b"\xa5kater"),
    ("a key twice", _A, b"\xa4lang"),
    ("a key of no letters", b"\x8f\xa5about", b"\xde\x00\x10\xa0\xc0\xa5about"),
    ("a key that is no text", b"\x8f\xa5about", b"\xde\x00\x10\x01\xc0\xa5about"),
    *(
        (name, _A + canonical.pack(LATER), _A + bytes.fromhex(value))
        for name, value in [
            ("a float of 32 bits", "ca40200000"),
            ("a float that is no number", "cb7ff8000000000000"),
            ("an infinite float", "cb7ff0000000000000"),
            ("a timestamp of MessagePack", "d6ff00000000"),
            ("a byte that begins nothing", "c1"),
            (
                "17 levels, of which the announcement is one and the body another",
                canonical.pack(deep(15)).hex(),
            ),
        ]
    ),
]
_FIELDS: list[tuple[str, int, Any]] = [
    ("version 2", 0, 2),
    ("version true", 0, True),
    ("version 1.0", 0, 1.0),
    ("a network id of 15 bytes", 1, bytes(15)),
    ("a host of 31 bytes", 2, bytes(31)),
    ("a nonce of 9 bytes", 3, bytes(9)),
    ("a slot below 0", 4, -1),
    ("a revision of 65,536", 5, 65_536),
    ("issued_at as a float", 6, 1_800_000_000.0),
    ("expires_at at issued_at", 7, 1_800_000_000),
    ("expires_at more than 400 days after issued_at", 7, 1_800_000_000 + 400 * 86_400 + 1),
    ("status 4", 8, 4),
    ("status false", 8, False),
    ("scheduled without a body", 9, None),
    ("withdrawn with a body", 8, 3),
]
_VALUES: list[tuple[str, str, Any]] = [
    ("an integer latitude", "place", {"name": "x", "lat": 52, "lon": 13.5}),
    ("a latitude without longitude", "place", {"name": "x", "lat": 52.5}),
    ("a latitude beyond the pole", "place", {"name": "x", "lat": 90.1, "lon": 0.0}),
    ("an uncertainty without coordinates", "place", {"name": "x", "uncertainty": 5}),
    ("an uncertainty below 0", "place", SPOT | {"uncertainty": -1}),
    ("an uncertainty beyond the Earth", "place", SPOT | {"uncertainty": 20_040_001}),
    ("an uncertainty as a float", "place", SPOT | {"uncertainty": 5.0}),
    ("nil for what is not said of a place", "place", {"name": "x", "address": None}),
    ("a place without a name", "place", {"address": "x"}),
    ("nil for what is not said", "price", None),
    ("all_day false", "all_day", False),
    ("all_day 1", "all_day", 1),
    ("no topics as an empty list", "topics", []),
    ("six topics", "topics", ["a", "b", "c", "d", "e", "f"]),
    ("a topic twice", "topics", ["a", "a"]),
    ("a title of 141 characters", "title", "x" * 141),
    ("a title with a line feed", "title", "a\nb"),
    ("a title that turns direction", "title", "a\u202eb"),
    ("a title with half a character, U+FFFE", "title", "a\ufffeb"),
    ("a title with U+FDD0", "title", "a\ufdd0b"),
    ("a title with U+10FFFF", "title", "a\U0010ffffb"),
    ("a title with a tag", "title", "\U0001f3f4\U000e0067"),
    ("a title of a space of no width", "title", "\u200b"),
    ("a title of fillers and blanks", "title", "\u3164 \u2800\u00ad"),
    ("a topic that nobody sees", "topics", ["\ufe0f"]),
    ("an about that nobody sees", "about", "\u034f\n\u061c"),
    ("a title that begins with an ideographic space", "title", "\u3000a"),
    ("a title that is no text", "title", b"a"),
    ("an about of 2,401 bytes", "about", "é" * 1_200 + "x"),
    ("an about with a tab", "about", "a\tb"),
    ("an about that ends with a line feed", "about", "a\n"),
    ("an address that is not http", "url", "ftp://jazz.example"),
    ("an address with a no-break space", "url", "http://jazz.example/a\u00a0b"),
    ("an address without a host", "url", "http:///x"),
    ("an address in capitals", "url", "HTTP://jazz.example"),
    ("a time zone with an empty part", "tz", "Europe//Berlin"),
    ("a language in capitals", "lang", "DE"),
    ("a capacity of 0", "capacity", 0),
    ("a capacity that is true", "capacity", True),
    ("a need in capitals", "access", {"Quiet": True}),
    ("a need of 1", "access", {"quiet": 1}),
    ("no needs as an empty map", "access", {}),
    ("an end beyond 32 bits", "end", 1 << 32),
    ("an end before the start", "end", 1_800_000_000),
    ("a key for answers of 31 bytes", "rsvp_key", bytes(31)),
]
_SOURCES: list[tuple[str, dict[str, Any]]] = [
    ("a source without an id", {"stamp": bytes(8)}),
    ("a source without a stamp", {"id": "x"}),
    ("a source's stamp of 7 bytes", SOURCE | {"stamp": bytes(7)}),
    ("a source's stamp as text", SOURCE | {"stamp": "x" * 8}),
    ("nil for what is not said of a source", SOURCE | {"name": None}),
    ("a source id of 141 characters", SOURCE | {"id": "x" * 141}),
    ("a source id with a joiner", SOURCE | {"id": "x\u200dy"}),
    ("a source id with a soft hyphen", SOURCE | {"id": "Jazz\u00adhof"}),
    ("a source id with a variation selector", SOURCE | {"id": "\u2600\ufe0f"}),
    ("a source's address that is not http", SOURCE | {"url": "ftp://jazz.example"}),
]
