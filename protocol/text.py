"""What text may be in an announcement, and how words from outside are made to fit.

A reader does not test normal form C, since Unicode versions differ on it: it is the author's duty
(`check_normal`, `clean_line`). What a reader tests is listed in PROTOCOL.md, "Text", once for all.
"""

import re
import unicodedata
from functools import lru_cache

from .errors import Invalid

MAX_URL = 500
MAX_TIME_ZONE = 64

# Controls (C0 but line feed, C1, line and paragraph separators), and what can turn the direction
# of the words around it (bidi embeddings, overrides, isolates: UAX #9).
_CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_TAGS = "\U000e0000-\U000e007f"
# Default_Ignorable_Code_Point of Unicode 15.0, whatever later versions say.
_IGNORABLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_BLANK = "\u2800"  # a Braille cell without dots

_FORBIDDEN = re.compile(f"[\n{_CONTROLS}{_NONCHARACTERS}{_TAGS}]")
_FORBIDDEN_BUT_LINE_FEED = re.compile(f"[{_CONTROLS}{_NONCHARACTERS}{_TAGS}]")
_DROPPED = re.compile(f"[{_NONCHARACTERS}{_TAGS}]")
_IGNORED = re.compile(f"[{_IGNORABLE}]")
_VISIBLE = re.compile(rf"[^\s{_IGNORABLE}{_BLANK}]")
_SPACES = re.compile(r"\s+")
_URL = re.compile(r"https?://[^\s/?#\"<>\\^`{|}]+(?:[/?#][^\s\"<>\\^`{|}]*)?")
_TIME_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9][A-Za-z0-9_+-]*){0,3}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")


def check_line(field: str, value: object, limit: int) -> None:
    """One line of text of 1 to `limit` code points, one of them visible, no space at its ends."""
    _check(field, value, limit, _FORBIDDEN)


def check_lines(field: str, value: object, limit_bytes: int) -> None:
    """Text of 1 to `limit_bytes` UTF-8 bytes in which line feeds are allowed."""
    _check(field, value, limit_bytes, _FORBIDDEN_BUT_LINE_FEED)
    if isinstance(value, str) and len(value.encode()) > limit_bytes:
        raise Invalid(
            "{field} is longer than {limit_bytes} bytes", field=field, limit_bytes=limit_bytes
        )


def check_source_id(field: str, value: object, limit: int) -> None:
    """One line without characters that are not seen: two ids that look alike would be two."""
    check_line(field, value, limit)
    if _IGNORED.search(str(value)):
        raise Invalid("{field} holds a character that is not seen", field=field)


def check_normal(field: str, value: str) -> None:
    """Normal form C, by the Unicode version at hand: for those who write, never for who reads."""
    if not unicodedata.is_normalized("NFC", value):
        raise Invalid("{field} is not in Unicode normal form C", field=field)


def _check(field: str, value: object, limit: int, forbidden: re.Pattern[str]) -> None:
    if type(value) is not str or not value:
        raise Invalid("{field} must be text that is not empty", field=field)
    if len(value) > limit:
        raise Invalid("{field} is longer than {limit} characters", field=field, limit=limit)
    if value.strip() != value:
        raise Invalid("{field} begins or ends with a space", field=field)
    if value.isascii() and value.isprintable():  # most are, and then much quicker to check
        return
    if forbidden.search(value):
        raise Invalid(
            "{field} holds a control, direction-changing or unassignable character", field=field
        )
    if not _VISIBLE.search(value):
        raise Invalid("{field} holds nothing that can be seen", field=field)


def check_url(field: str, value: object) -> None:
    """An http or https address of at most MAX_URL characters."""
    check_line(field, value, MAX_URL)
    if not _URL.fullmatch(str(value)):
        raise Invalid("{field} must be an http or https address", field=field)


def check_time_zone(field: str, value: object) -> None:
    """The syntax of an IANA time zone name; whether the zone exists is the node's to know."""
    if type(value) is not str or len(value) > MAX_TIME_ZONE or not _is_time_zone(value):
        raise Invalid("{field} must be an IANA time zone name such as Europe/Berlin", field=field)


@lru_cache
def _is_time_zone(value: str) -> bool:
    """Most events are in the zones of a few."""
    return _TIME_ZONE.fullmatch(value) is not None


def check_language(field: str, value: object) -> None:
    """A language tag such as de or pt-BR (the common part of BCP 47)."""
    if type(value) is not str or not _LANGUAGE.fullmatch(value):
        raise Invalid("{field} must be a language tag such as de or pt-BR", field=field)


def clean_line(words: str, limit: int) -> str:
    """Any words as one allowed line of at most `limit` code points, cut with an ellipsis.

    The result may be empty: then the field is left out.
    """
    normal = unicodedata.normalize("NFC", _DROPPED.sub("", words))
    line = _SPACES.sub(" ", _FORBIDDEN.sub(" ", normal)).strip()
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return _seen(line)


def clean_source_id(words: str, limit: int) -> str:
    """Any words as an allowed source id, or nothing: as `clean_line`, without what is not seen."""
    return clean_line(_IGNORED.sub("", words), limit)


def clean_lines(words: str, limit_bytes: int) -> str:
    """Any words as allowed lines of at most `limit_bytes` bytes, cut with an ellipsis."""
    text = _DROPPED.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    text = _FORBIDDEN_BUT_LINE_FEED.sub(" ", unicodedata.normalize("NFC", text))
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    if len(text.encode()) > limit_bytes:
        cut = text.encode()[: limit_bytes - len("…".encode())]
        text = cut.decode(errors="ignore").rstrip() + "…"
    return _seen(text)


def _seen(text: str) -> str:
    """In normal form again after cutting, or nothing if nothing of it would be seen."""
    return unicodedata.normalize("NFC", text) if _VISIBLE.search(text) else ""
