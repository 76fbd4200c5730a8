"""The receipt as a file: canonical JSON, which a stranger can read and a web page can check."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from operator import attrgetter
from typing import TypeVar

from . import origin
from .candidate import Candidate
from .draw import Card, Hand, Odds
from .errors import Invalid, RemoteError
from .origin import parse_hex
from .receipt import Receipt
from .ticket import TICKET_BYTES
from .vouch import SignedVouch, decode_vouch
from .vouched_receipt import Step, Walked

VERSION = 2
MAX_BYTES = 64 * 1024 * 1024

_EARLIER = 1  # the rule by which hosts, not organisers, had tickets
_REQUIRED = {"receipt", "seed", "origin", "n", "wild", "candidates", "others", "hand"}
_VOUCHED = {"vouched", "strangers", "vouches"}
_CARD = {"host", "slot", "id", "round", "ticket", "odds", "wild"}
_SURROGATE = re.compile("[\ud800-\udfff]")
_HEX = re.compile("(?:[0-9a-f]{2})+")
_ODDS = ("organisers", "series", "events", "deck")

T = TypeVar("T")


class EarlierRule(Invalid):
    """A receipt of a rule of the draw that holds no longer."""


def encode(receipt: Receipt) -> bytes:
    """The one encoding of a receipt: keys ascending, no spaces, UTF-8, candidates by register."""
    value: dict[str, object] = {
        "receipt": VERSION,
        "seed": receipt.seed.hex(),
        "origin": origin.to_json(receipt.origin),
        "n": receipt.n,
        "wild": receipt.wild,
        "hand": [_card(card) for card in receipt.hand.cards],
    }
    if receipt.walked is not None:
        value |= _walked(receipt.walked, receipt.hand)
    if receipt.filters is not None:
        value["filters"] = dict(receipt.filters)
    parts = {key: _in_parts(one) for key, one in value.items()}
    parts |= {"candidates": _rows(receipt.candidates), "others": _rows(receipt.others)}
    return b"{" + b",".join(_dump(key) + b":" + parts[key] for key in sorted(parts)) + b"}"


def _in_parts(value: object) -> bytes:
    """JSON, a list element by element: 50,000 at once would hold the interpreter for 100 ms."""
    if isinstance(value, list):
        return b"[" + b",".join(map(_dump, value)) + b"]"
    return _dump(value)


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def receipt_id(encoded: bytes) -> bytes:
    """BLAKE2b-256 of the encoding (32 bytes): the name of a receipt."""
    return blake2b(encoded, digest_size=32, person=b"potluck.receipt").digest()


def decode(encoded: bytes) -> Receipt:
    """The receipt in a file, spaced and ordered as it may be.

    Raises Invalid, saying why, if there is none; EarlierRule for one of the rule until then. What
    it says may still be wrong: `receipt.verify` tells.
    """
    loaded = _load(encoded)
    if isinstance(loaded, dict) and loaded.get("receipt") == _EARLIER and "mode" in loaded:
        raise EarlierRule("this receipt is of an earlier rule, which is not checked any more")
    vouched = isinstance(loaded, dict) and "vouched" in loaded
    required, optional = (
        (_REQUIRED | _VOUCHED, {"filters", "met"}) if vouched else (_REQUIRED, {"filters"})
    )
    value = _object("a receipt", loaded, required, optional)
    if _count("receipt", value["receipt"]) != VERSION:
        raise Invalid("this receipt is of another version")
    candidates = _list("candidates", value["candidates"], _candidate)
    others = _list("others", value["others"], _candidate)
    known = {candidate.register: candidate for candidate in (*candidates, *others)}
    keys = _CARD | ({"number", "path"} if vouched else set[str]())
    rows = _list("hand", value["hand"], lambda card: _object("a card", card, keys))
    hand = tuple(_read_card(card, known) for card in rows)
    return Receipt(
        origin.from_json(value["origin"]),
        parse_hex("seed", value["seed"], 32),
        _count("n", value["n"]),
        candidates,
        Hand(hand),
        _count("wild", value["wild"]),
        others,
        _filters(value["filters"]) if "filters" in value else None,
        _read_walked(value, rows),
    )


def _rows(candidates: Iterable[Candidate]) -> bytes:
    """Each candidate once, ascending as encoded."""
    rows = dict.fromkeys(
        _dump([one.host.hex(), f"{one.slot:016x}", one.id.hex(), one.series, one.source])
        for one in candidates
    )
    return b"[" + b",".join(sorted(rows)) + b"]"


def _card(card: Card) -> dict[str, object]:
    return {
        "host": card.candidate.host.hex(),
        "slot": f"{card.candidate.slot:016x}",
        "id": card.candidate.id.hex(),
        "round": card.round,
        "ticket": card.ticket.hex(),
        "odds": {name: getattr(card.odds, name) for name in _ODDS},
        "wild": card.wild,
    }


def _load(encoded: bytes) -> object:
    if len(encoded) > MAX_BYTES:
        raise Invalid("the file is too large for a receipt")
    try:
        return json.loads(encoded.decode(), object_pairs_hook=_distinct, parse_int=_digits)
    except (ValueError, RecursionError):
        raise Invalid("the file is not JSON") from None


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key is there twice")
    return dict(pairs)


def _digits(text: str) -> int:
    if text.startswith("-"):  # −0, too
        raise ValueError("a number below 0")
    return int(text)


def _candidate(row: object) -> Candidate:
    if not isinstance(row, list) or len(row) != 5:
        raise Invalid("a candidate is [host, slot, id, series, source]")
    host, slot, id, *words = row
    series, source = (None if text is None else _text("series or source", text) for text in words)
    return Candidate(
        parse_hex("host", host, 32), _slot(slot), parse_hex("id", id, 32), series, source
    )


def _read_card(card: Mapping[str, object], known: Mapping[bytes, Candidate]) -> Card:
    """A card as it is claimed: one that is no candidate keeps what the receipt says of it."""
    host, id = parse_hex("host", card["host"], 32), parse_hex("id", card["id"], 32)
    claimed = Candidate(host, _slot(card["slot"]), id)
    candidate = known.get(claimed.register)
    odds = _object("odds", card["odds"], set(_ODDS))
    if not isinstance(card["wild"], bool):
        raise Invalid("a card is wild or not: true or false")
    return Card(
        candidate if candidate is not None and candidate.id == id else claimed,
        _count("round", card["round"]),
        parse_hex("ticket", card["ticket"], TICKET_BYTES),
        Odds(*(_count(name, odds[name]) for name in _ODDS)),
        card["wild"],
    )


def _walked(walked: Walked, hand: Hand) -> dict[str, object]:
    """What a vouched draw has besides; of each card its number and path, too."""
    met = {} if walked.met is None else {"met": sorted(host.hex() for host in walked.met)}
    paths = [
        {"number": step.number, "path": step.path and [host.hex() for host in step.path]}
        for step in walked.steps
    ]
    return met | {
        "vouched": True,
        "strangers": walked.strangers,
        "vouches": [one.encoded.hex() for one in walked.vouches],
        "hand": [_card(card) | path for card, path in zip(hand.cards, paths, strict=True)],
    }


def _read_walked(value: Mapping[str, object], cards: Iterable[dict[str, object]]) -> Walked | None:
    if "vouched" not in value:
        return None
    if value["vouched"] is not True or not isinstance(value["strangers"], bool):
        raise Invalid("whether it is vouched and has strangers is true or false")
    met = _list("met", value["met"], _host) if "met" in value else None
    return Walked(
        value["strangers"],
        tuple(sorted(_list("vouches", value["vouches"], _vouch), key=attrgetter("id"))),
        None if met is None else frozenset(met),
        tuple(map(_step, cards)),
    )


def _step(card: Mapping[str, object]) -> Step:
    path = card["path"]
    return Step(
        _count("number", card["number"]), None if path is None else _list("path", path, _host)
    )


def _host(value: object) -> bytes:
    return parse_hex("a host", value, 32)


def _vouch(value: object) -> SignedVouch:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise Invalid("a vouch is hexadecimal")
    try:
        return decode_vouch(bytes.fromhex(value))
    except RemoteError as error:
        raise Invalid(str(error)) from None


def _filters(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Invalid("filters are words by name")
    return {_text("a filter", name): _text(name, words) for name, words in value.items()}


def _object(
    what: str, value: object, required: set[str], optional: Iterable[str] = ()
) -> dict[str, object]:
    if not isinstance(value, dict) or not required <= set(value) <= required.union(optional):
        raise Invalid(
            "{what} has the fields {required}", what=what, required=", ".join(sorted(required))
        )
    return value


def _list(what: str, value: object, read: Callable[[object], T]) -> tuple[T, ...]:
    if not isinstance(value, list):
        raise Invalid("{what} is a list", what=what)
    return tuple(read(item) for item in value)


def _text(what: str, value: object) -> str:
    """Any text but half a surrogate pair, which UTF-8 cannot hold."""
    if not isinstance(value, str) or _SURROGATE.search(value):
        raise Invalid("{what} is text", what=what)
    return value


def _slot(value: object) -> int:
    return int.from_bytes(parse_hex("slot", value, 8), "big")


def _count(what: str, value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**32:
        raise Invalid("{what} is a count", what=what)
    return value
