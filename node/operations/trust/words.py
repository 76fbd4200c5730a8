"""The words by which keys are read aloud and kept on paper (BIP-39, English)."""

import re
import unicodedata
from functools import cache

from mnemonic import Mnemonic

from potluck.protocol.errors import LocalError

WORDS_OF_A_KEY = 24


@cache
def word_list() -> list[str]:
    """The 2,048 words in their order."""
    return list(_book().wordlist)


def to_words(seed: bytes) -> str:
    """32 secret bytes as 24 words; the last holds a checksum."""
    return str(_book().to_mnemonic(seed))


def from_words(text: str) -> bytes:
    """The 32 bytes of 24 words, numbered and separated as they may be.

    Raises LocalError: which word is none, or that one is wrong.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())  # full width, accents, marks not seen
    plain = "".join(one for one in plain if unicodedata.category(one) not in ("Mn", "Cf"))
    words, known = re.findall(r"[^\W\d_]+", plain), set(word_list())
    if len(words) != WORDS_OF_A_KEY:
        raise LocalError("a key is 24 words; these are {count}", count=len(words))
    for number, word in enumerate(words, 1):
        if word not in known:
            raise LocalError(
                "word {number}, {word!r}, is not in the list of words", number=number, word=word
            )
    try:
        return bytes(_book().to_entropy(words))
    except ValueError:
        raise LocalError(
            "the checksum of these words is wrong: one of them is another, or two are swapped"
        ) from None


@cache
def _book() -> Mnemonic:
    return Mnemonic("english")
