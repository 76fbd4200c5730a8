"""What a calendar says of all its events, and by that how their texts are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from potluck.protocol.errors import Invalid
from potluck.protocol.text import check_url, clean_line, clean_lines

from .component import Component
from .draft import Scope
from .plain_text import plain, web_address, without_entities
from .zones import Zone, Zones, known

_ESCAPED = re.compile(r"\\([,;])")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a calendar says of all its events; `zone` is that of times without one.

    `ours` is a calendar that Potluck wrote: its texts are as they were announced.
    """

    scope: Scope
    zone: Zone
    name: str | None = None
    zones: Zones = field(default_factory=Zones)
    cancelled: bool = False
    ours: bool = False

    @property
    def tz(self) -> str:
        """The zone's name, as an announcement holds it."""
        return self.zone.name or "UTC"

    def of(self, event: Component) -> Feed:
        """The same for one event: Potluck's calendars name the zone of each."""
        own = known(event.text("X-POTLUCK-TIMEZONE")) if self.ours else None
        return replace(self, zone=own) if own is not None else self

    def address(self, words: str) -> str | None:
        """A web address, as it is where Potluck wrote it."""
        try:
            check_url("url", words if self.ours else "")
        except Invalid:
            return web_address(words)
        return words

    def line(self, words: str, limit: int) -> str:
        """A text as one line; other programs leave entities of HTML in it."""
        if not self.ours and "&" in words:
            words = without_entities(without_entities(words))  # some escape what was escaped
        if not self.ours and "<" in words:
            words = plain(words, 4 * limit)
        return clean_line(words, limit)

    def meant(self, name: str) -> str:
        """A name; other programs leave it escaped as a text, for addresses, for HTML."""
        return name if self.ours else without_entities(unquote(_ESCAPED.sub(r"\1", name)))

    def lines(self, words: str, limit_bytes: int) -> str:
        return clean_lines(words, limit_bytes) if self.ours else plain(words, limit_bytes)
