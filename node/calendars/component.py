"""A component of a calendar as its properties (RFC 5545, section 3.1), each readable on its own.

What cannot be read costs one property, never the event: a line that is none belongs to the text of
the line before it, where a program forgot to escape a line break.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_LINE = re.compile(r'([A-Za-z0-9-]+)[ \t]*((?:;(?:"[^"]*"|[^":])*)?):(.*)', re.DOTALL)
_UNBALANCED = re.compile(r"([A-Za-z0-9-]+)(;[^:]*):(.*)", re.DOTALL)
_ZONE_CUT_OFF = re.compile(r"(.*):(\d{8}[^:]*)")  # TZID=UTC+02:00 without quotation marks
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)\s*(?:=\s*("[^"]*"|[^;]*))?')
_ESCAPED = re.compile(r"\\(r\\n|.)", re.DOTALL)  # PHP writes line breaks as \r\n
_CARET = re.compile(r"\^([n'^])")  # RFC 6868
_ITEM = re.compile(r"(?:\\.|[^,\\])+", re.DOTALL)
_NONE: Mapping[str, str] = {}
# All that is read here; what is not (attendees, alarms) is passed over.
READ = frozenset(
    """
    UID SUMMARY DTSTART DTEND DURATION DESCRIPTION X-ALT-DESC LOCATION GEO URL ORGANIZER CATEGORIES
    STATUS CLASS X-CALENDARSERVER-ACCESS SEQUENCE LAST-MODIFIED DTSTAMP RRULE RDATE EXRULE EXDATE
    RECURRENCE-ID X-COST TZID
    X-APPLE-STRUCTURED-LOCATION X-MICROSOFT-CDO-ALLDAYEVENT X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT
    X-FUNAMBOL-ALLDAY METHOD PRODID NAME X-WR-CALNAME X-WR-TIMEZONE TZOFFSETTO X-LIC-LOCATION
    X-POTLUCK-ACCESS X-POTLUCK-ADDRESS X-POTLUCK-CAPACITY X-POTLUCK-PLACE X-POTLUCK-SERIES
    X-POTLUCK-STATUS X-POTLUCK-TIMEZONE X-POTLUCK-UNCERTAINTY
    """.split()
)
_TIGHT = re.compile(r"^DTSTART[^:\n]*:\S", re.MULTILINE)  # names in capitals, no space behind them
_HIDING = frozenset({"PRIVATE", "CONFIDENTIAL", "CANCELLED"})  # believed wherever they stand
_FREE = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION"})  # texts in which a line break may stand


class Property(NamedTuple):
    """One content line: its value as it stands there, escapes and all."""

    name: str
    params: Mapping[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value of a TEXT property."""
        return unescaped(self.value)

    @property
    def items(self) -> list[str]:
        """The values of a TEXT property that holds a list."""
        return [unescaped(item) for item in _ITEM.findall(self.value)]


class Component:
    """The properties of a component, without those of the components in it."""

    def __init__(self, properties: Iterable[Property]) -> None:
        self._named: dict[str, list[Property]] = {}
        for each in properties:
            self._named.setdefault(each.name, []).append(each)

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def first(self, name: str) -> Property | None:
        """The property of this name, the first if it is given several times."""
        found = self._named.get(name)
        return found[0] if found else None

    def all(self, name: str) -> list[Property]:
        return self._named.get(name, [])

    def text(self, name: str) -> str:
        """A TEXT property, empty if it is absent."""
        found = self.first(name)
        return "" if found is None else found.text

    def word(self, name: str) -> str:
        """A keyword in capital letters, empty if it is absent."""
        return self.text(name).strip().upper()

    def over(self, other: Component) -> Component:
        """These properties, and those of the other of which this one has none."""
        merged = Component(())
        merged._named = {**other._named, **self._named}
        return merged


def component(text: str) -> Component:
    """What stands between the first BEGIN and its END, or all of it without them."""
    found: list[Property] = []
    is_tight = _TIGHT.search(text) is not None
    depth = 1 if text[:6].upper() != "BEGIN:" else 0
    for line in filter(None, text.split("\n")):
        head = line[:6].upper()
        if head == "BEGIN:":
            depth += 1
        elif head.startswith("END:"):
            depth -= 1
        elif depth == 1:
            _add(found, line, is_tight=is_tight)
    return Component(_plain(each) for each in found if each.name in READ)


def _add(found: list[Property], line: str, *, is_tight: bool) -> None:
    last = found[-1] if found else None
    soft = last is not None and last.value.endswith("=") and _is_quoted_printable(last)
    match = None if soft else _LINE.fullmatch(line) or _UNBALANCED.fullmatch(line)
    free = last is not None and last.name in _FREE
    prose = match and free and is_tight and "=" not in match[2] and _is_prose(match[1], match[3])
    if match is not None and not prose:
        params = _parameters(match[2]) if match[2] else _NONE
        cut = _ZONE_CUT_OFF.fullmatch(match[3]) if "TZID" in params else None
        if cut:
            params = {**params, "TZID": f"{params['TZID']}:{cut[1]}"}
        found.append(Property(match[1].upper(), params, cut[2] if cut else match[3]))
    elif last is not None and (soft or free):
        found[-1] = last._replace(
            value=last.value[:-1] + line if soft else rf"{last.value}\n{line}"
        )


def _is_prose(name: str, value: str) -> bool:
    """Whether a line in a text is more of it: "Doors: 7 pm", or an address, and no property."""
    if name.upper().startswith("X-") or ("-" in name and name.upper() in READ):
        return False
    if name.upper() in ("CLASS", "STATUS") and value.strip().upper() in _HIDING:
        return False
    mixed = not (name.isupper() or name.islower())
    return mixed or value.startswith("//") or (value[:1] == " " and name.upper() not in READ)


def _parameters(text: str) -> Mapping[str, str]:
    params: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        if match[2] is None:
            params["ENCODING"] = match[1]  # as vCalendar 1.0 wrote it
        else:
            value = match[2].strip().strip('"')
            params[match[1].upper()] = _CARET.sub(_uncaret, value) if "^" in value else value
    return params


def _uncaret(match: re.Match[str]) -> str:
    return {"n": "\n", "'": '"', "^": "^"}[match[1]]


def _is_quoted_printable(found: Property) -> bool:
    return found.params.get("ENCODING", "").upper() == "QUOTED-PRINTABLE"


def _plain(found: Property) -> Property:
    """The property with its value decoded, where vCalendar 1.0 encoded it."""
    if not found.params or not _is_quoted_printable(found):
        return found
    content = quopri.decodestring(found.value.encode())
    try:
        value = content.decode(found.params.get("CHARSET", "utf-8"))
    except (LookupError, ValueError):
        value = content.decode("cp1252", "replace")
    return found._replace(value=value.replace("\r\n", r"\n").replace("\n", r"\n"))


def unescaped(value: str) -> str:
    """A TEXT value without its escapes (RFC 5545, section 3.3.11)."""
    return _ESCAPED.sub(_character, value) if "\\" in value else value


def _character(match: re.Match[str]) -> str:
    return "\n" if match[1] in ("n", "N", r"r\n") else match[1]


def escaped(text: str) -> str:
    """The same the other way."""
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", r"\n")
