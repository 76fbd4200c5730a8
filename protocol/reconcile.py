"""Set reconciliation by ranges: negentropy, protocol v1 (Nostr's NIP-77, appendix).

Two sides learn which ids only one of them has, at a cost near the size of the difference. The
initiator sends `open()`, the responder answers each message by `respond()`, the initiator takes
each answer to `reconcile()`, until that yields no reply. The format: PROTOCOL.md, "Reconciliation".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .items import ID_BYTES, Items
from .ranges import END, VERSION, Bound, Kind, Range, Writer, read_ranges

MIN_FRAME_LIMIT = 4096

_BUCKETS = 16
_LIST_BELOW = 2 * _BUCKETS
_FRAME_SLACK = 200  # room for what may follow a range: a closing fingerprint


@dataclass(frozen=True, slots=True)
class Progress:
    """What an answer taught the initiator: ids only it has, ids it needs, and what to say next.

    `reply` is None when the reconciliation is done.
    """

    reply: bytes | None
    have: tuple[bytes, ...]
    need: tuple[bytes, ...]


class Reconciler:
    """One side of one reconciliation over sealed items.

    `frame_limit` bounds the bytes of each message that this side sends (at least 4,096; None: no
    bound). A peer's malformed message raises RemoteError, and nothing else can. The work for one
    message is bounded by its length and, for id lists, by the items held.
    """

    def __init__(self, items: Items, frame_limit: int | None = None) -> None:
        if frame_limit is not None and frame_limit < MIN_FRAME_LIMIT:
            raise ValueError(f"a frame has at least {MIN_FRAME_LIMIT} bytes")
        self._items = items
        self._limit = frame_limit

    def open(self) -> bytes:
        out = Writer()
        _split(self._items, 0, len(self._items), END, out)
        return out.message()

    def respond(self, message: bytes) -> bytes:
        """The responder's answer; to an unknown version, the version byte of this one alone."""
        if message and message[0] != VERSION:
            return bytes([VERSION])
        return self._answer(message, None)

    def reconcile(self, message: bytes) -> Progress:
        """What the initiator learns from an answer."""
        learned = _Learned([], [])
        reply = self._answer(message, learned)
        return Progress(reply if len(reply) > 1 else None, tuple(learned.have), tuple(learned.need))

    def _answer(self, message: bytes, learned: _Learned | None) -> bytes:
        items, out, lower = self._items, Writer(), 0
        for bound, kind, payload in read_ranges(message):
            upper, written = items.find(*bound, lower), len(out)
            if kind is Kind.ID_LIST and learned is None:
                upper = self._list(lower, upper, bound, out)
                written = len(out)
            elif kind is Kind.ID_LIST and learned is not None:
                learned.compare(items.ids(lower, upper), payload)
                out.skip(bound)
            elif kind is Kind.SKIP or payload == items.fingerprint(lower, upper):
                out.skip(bound)
            else:
                _split(items, lower, upper, bound, out)
            if self._limit is not None and len(out) > self._limit - _FRAME_SLACK:
                out.close(written, items.fingerprint(upper, len(items)))
                break
            lower = upper
        return out.message()

    def _list(self, lower: int, upper: int, bound: Bound, out: Writer) -> int:
        """List the ids of a range; where the frame is full, cut it, and say where it now ends."""
        if self._limit is not None:
            room = self._limit - _FRAME_SLACK - len(out)
            cut = lower + room // ID_BYTES + 1
            if cut < upper:
                upper, bound = cut, Bound(self._items.timestamp(cut), self._items.id(cut))
        out.write(Range(bound, Kind.ID_LIST, b"".join(self._items.ids(lower, upper))))
        return upper


@dataclass(frozen=True, slots=True)
class _Learned:
    """The ids that one message told the initiator about."""

    have: list[bytes]
    need: list[bytes]

    def compare(self, ours: Iterator[bytes], listed: bytes) -> None:
        theirs = dict.fromkeys(listed[at : at + ID_BYTES] for at in range(0, len(listed), ID_BYTES))
        for id in ours:
            if id in theirs:
                del theirs[id]
            else:
                self.have.append(id)
        self.need.extend(theirs)


def _split(items: Items, lower: int, upper: int, bound: Bound, out: Writer) -> None:
    """A range as one list when it is short, else as the fingerprints of 16 buckets."""
    count = upper - lower
    if count < _LIST_BELOW:
        out.write(Range(bound, Kind.ID_LIST, b"".join(items.ids(lower, upper))))
        return
    size, larger = divmod(count, _BUCKETS)
    for bucket in range(_BUCKETS):
        end = lower + size + (bucket < larger)
        edge = bound if end == upper else _between(items, end)
        out.write(Range(edge, Kind.FINGERPRINT, items.fingerprint(lower, end)))
        lower = end


def _between(items: Items, index: int) -> Bound:
    """The shortest bound between an item and the one before it."""
    if items.timestamp(index) != items.timestamp(index - 1):
        return Bound(items.timestamp(index))
    before, after = items.id(index - 1), items.id(index)
    common = next(at for at in range(ID_BYTES) if before[at] != after[at])
    return Bound(items.timestamp(index), after[: common + 1])
