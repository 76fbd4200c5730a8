"""The texts of strangers, made to fit what an announcement may hold."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import quote

from potluck.protocol.errors import Invalid
from potluck.protocol.text import check_url, clean_lines

MOST_READ = 20_000  # characters of a description: several times what is kept

_TAG = re.compile(
    r"<(?:/[a-z][a-z0-9]*\s*|(?:p|div|span|a|b|i|u|ul|ol|li|img|hr)\b[^<>]*|br\s*/?)>",
    re.IGNORECASE,
)
_OPEN = re.compile(  # no tag, or an address; the parser would read on, to the end of all
    r"<(?=[^<>]*(?:<|\Z)|https?://)", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#\d{1,6}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_UNWRITTEN = re.compile(r"[\s\"<>\\^`{|}\[\]]")  # what an address may hold only as %XX
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)


def plain(words: str, limit_bytes: int) -> str:
    """A description without HTML, as allowed lines; it may be empty."""
    words = _COMMENT.sub(" ", words[:MOST_READ])
    for _ in range(2):  # some programs escape what was escaped
        if not (_TAG.search(words) or _ENTITY.search(words)):
            break
        reader = _Reader()
        reader.feed(_OPEN.sub("&lt;", words))
        reader.close()
        words = "".join(reader.pieces)
    return clean_lines(words, limit_bytes)


def without_entities(words: str) -> str:
    """Words in which a program left entities of HTML, as &amp;."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), words)


def web_address(words: str) -> str | None:
    """An http(s) address; https is put before what is plainly a host's name. None for all else.

    Angle brackets around it and a name and password in it are taken away.
    """
    address = words.strip().removeprefix("<").removesuffix(">").replace("&amp;", "&").strip()
    if _HOST.fullmatch(address):
        address = f"https://{address}"
    scheme, colon, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    path = _UNWRITTEN.sub(lambda found: quote(found[0]), path)
    address = f"{scheme.lower()}{colon}{host.rpartition('@')[2]}{slash}{path}"
    try:
        check_url("url", address)
    except Invalid:
        return None
    return address


class _Reader(HTMLParser):
    """Collects the text of HTML, with a line for each paragraph, item and break."""

    LINES = frozenset(
        ["p", "div", "br", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table"]
    )
    HIDDEN = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden is None and tag in self.HIDDEN:
            self._hidden = tag
        if tag in self.LINES:
            self.pieces.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        if tag in self.LINES and tag not in ("li", "br"):
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            self.pieces.append(data)
