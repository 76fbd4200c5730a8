"""The bytes of a calendar to its text: every charset that calendars come in, lines unfolded."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WITHOUT_MARK = (
    (re.compile(rb"(?:[^\0]\0){4}"), "utf-16-le"),
    (re.compile(rb"(?:\0[^\0]){4}"), "utf-16-be"),
)
_META = re.compile(rb"<meta[^>]*charset=[\"']?([\w-]+)", re.IGNORECASE)
_AS_WINDOWS = ("ascii", "iso8859-1")  # what is called so may have its marks, too
_BREAK = re.compile(rb"\r*\n|\r")
_FOLD = re.compile(rb"\n[ \t]")


def text_of(content: bytes, charset: str | None = None) -> str:
    """The text, each content line on a line of its own; what cannot be read shows as U+FFFD.

    `charset` is what the server named, else the page: it counts where the bytes are not UTF-8, the
    only charset of RFC 5545. Folds go before decoding, since some programs fold inside a character.
    """
    content = _as_utf8(content)
    lines = _FOLD.sub(b"", _BREAK.sub(b"\n", content)).replace(b"\0", b"")
    try:
        return lines.decode()
    except UnicodeDecodeError:
        meta = _META.search(lines[:4096])
        charset = charset or (meta[1].decode() if meta else "ascii")
        named = _decoded(lines, charset)
        return named if named is not None else "\n".join(map(_line, lines.split(b"\n")))


def _as_utf8(content: bytes) -> bytes:
    """The same without a byte order mark, and in UTF-8 where it was in another Unicode encoding."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            return content if name == "utf-8" else content.decode(name, "replace").encode()
    for pattern, name in _WITHOUT_MARK:
        if pattern.match(content):
            return content.decode(name, "replace").encode()
    return content


def _decoded(lines: bytes, charset: str) -> str | None:
    try:
        return None if codecs.lookup(charset).name in _AS_WINDOWS else lines.decode(charset)
    except (LookupError, ValueError):
        return None


def _line(line: bytes) -> str:
    """UTF-8, else Windows-1252: programs that write neither are few."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
