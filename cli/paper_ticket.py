"""A ticket as a terminal shows it: the stub left of the perforation, in a narrow one on top."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDEST = 80
NARROW = 60
"""Columns; in fewer the stub goes on top."""
STUB = 10
Line = tuple[str, Callable[[str], str]]
"""A text, and how it is set: bold, dim, or as it is."""


@dataclass(frozen=True)
class Stub:
    """What one tears off: which card it is, its day and hour, and what was done with it."""

    number: int
    day: str
    hour: str
    mark: str = ""


def columns() -> int:
    """How wide the terminal is, as far as we use it."""
    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)


def ticket(stub: Stub, lines: Sequence[Line], width: int) -> Iterator[str]:
    """The lines of a ticket, none wider than `width` (20 or more); nothing is cut off."""
    if width < NARROW:
        yield _rule(stub, width)
        yield from (f"  {line}" for line in _wrapped(lines, width - 2))
        return
    left = ["", f"{stub.number:>2}  {stub.day:>6}", stub.hour, stub.mark]
    body = list(_wrapped(lines, width - STUB - 3))
    body += [""] * (len(left) - 1 - len(body))  # at least beside day and hour
    for number, line in enumerate(body):
        beside = left[number] if number < len(left) else ""
        yield f"{beside:>{STUB}} ┊ {line}".rstrip()


def _rule(stub: Stub, width: int) -> str:
    parts = [str(stub.number), *filter(None, (stub.day, stub.hour))]
    head, mark = " ┈ ".join(parts) + " ", f" {stub.mark}" if stub.mark else ""
    return head + "┈" * (width - len(head) - len(mark)) + mark


def _wrapped(lines: Sequence[Line], width: int) -> Iterator[str]:
    for text, style in lines:
        yield from (style(part) for part in wrap(text, width) or [""])
