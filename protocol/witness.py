"""A draw that a friend witnesses: neither of the two alone decides the seed.

The node commits to the deck and to a random r, and shows the commitment; the friend says a word;
the node reveals r. That a node which dislikes the outcome falls silent before revealing cannot be
prevented.
"""

import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from .candidate import Candidate
from .errors import Invalid
from .seed import check_date

NONCE_BYTES = 32
MAX_WORD = 200

_TOLD_BYTES = 16


def told(candidate: Candidate) -> bytes:
    """The digest (16 bytes) of its series and source: what the draw takes from it besides."""
    words = _told_word(candidate.series) + _told_word(candidate.source)
    return blake2b(words, digest_size=_TOLD_BYTES, person=b"potluck.told").digest()


def rows(candidates: Iterable[Candidate]) -> list[bytes]:
    """host + slot + id + told of each candidate, distinct and ascending: what the root covers."""
    # As in `Items`: a store gives them by register, a set would shuffle them.
    return sorted(dict.fromkeys(one.register + one.id + told(one) for one in candidates))


def deck_root(candidates: Iterable[Candidate]) -> bytes:
    """BLAKE2b-256 over the rows of the deck (32 bytes)."""
    return _hash(b"".join(rows(candidates)), b"potluck.deck")


def commit(candidates: Iterable[Candidate], n: int, date: str, r: bytes) -> bytes:
    """The commitment (32 bytes) to show before the friend says a word; `r` is 32 random bytes."""
    if len(r) != NONCE_BYTES:
        raise Invalid("r has {nonce_bytes} bytes", nonce_bytes=NONCE_BYTES)
    if not 0 <= n < 2**32:
        raise Invalid("a hand has 0 to 2^32 - 1 cards")
    deck = rows(candidates)
    root = _hash(b"".join(deck), b"potluck.deck")
    size = len(deck).to_bytes(8, "big") + n.to_bytes(4, "big")
    return _hash(root + size + check_date(date).encode() + r, b"potluck.commit")


def word_digest(word: str) -> bytes:
    """q: BLAKE2b-256 of the NFC form of the word without white space at its ends."""
    normal = unicodedata.normalize("NFC", word.strip())
    if not 1 <= len(normal) <= MAX_WORD:
        raise Invalid("the friend's word has 1 to {max_word} characters", max_word=MAX_WORD)
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in normal):
        raise Invalid("the friend's word is one line of text")
    return _hash(normal.encode(), b"potluck.word")


def seed(commitment: bytes, r: bytes, word: str) -> bytes:
    """The seed (32 bytes) of the witnessed draw, once the word is said."""
    return _hash(commitment + r + word_digest(word), b"potluck.witness")


def _told_word(word: str | None) -> bytes:
    if word is None:
        return b"\0"
    encoded = word.encode()
    return b"\1" + len(encoded).to_bytes(4, "big") + encoded


def _hash(data: bytes, person: bytes) -> bytes:
    return blake2b(data, digest_size=32, person=person).digest()
