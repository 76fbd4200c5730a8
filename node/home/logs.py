"""What a node writes about itself: to stderr, with levels, and above debug without personal data.

Personal is whatever an announcement, a person or a peer brought: titles, places, addresses, and
the text of an unforeseen exception, which may quote any of them. Such a text is left out unless
the level is debug.
"""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime


def start(level: str, form: str) -> None:
    """Write Potluck's records of this level (debug, info, …) or above to stderr, "text" or "json".

    Of libraries only warnings are written: httpx tells every address that it fetches at info.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("potluck").setLevel(level.upper())


class _Text(logging.Formatter):
    """2026-11-22T14:00:00Z warning peers: …"""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{_time(record)} {record.levelname.lower()} {_part(record)}: {record.getMessage()}"
        return "\n".join((line, *_trace(record)))


class _Lines(logging.Formatter):
    """One JSON object a line: time, level, part, message, and, with an exception, trace."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "part": _part(record),
            "message": record.getMessage(),
        }
        trace = _trace(record)
        return json.dumps(entry | ({"trace": trace} if trace else {}), ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _part(record: logging.LogRecord) -> str:
    return record.name.removeprefix("potluck.node.")


def _trace(record: logging.LogRecord) -> list[str]:
    """Where an exception came from, in lines; its words only when debugging."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return []
    if logging.getLogger("potluck").isEnabledFor(logging.DEBUG):
        return "".join(traceback.format_exception(error)).splitlines()
    return list(_wordless(error))


def _wordless(error: BaseException) -> Iterator[str]:
    """The kinds of an exception, its causes and the members of a group, and the lines passed."""
    for each in traceback.extract_tb(error.__traceback__):
        yield f"  {each.filename}:{each.lineno} in {each.name}"
    yield type(error).__name__
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for other in (*members, *([before] if before else [])):
        yield "within it, or before it:"
        yield from _wordless(other)
