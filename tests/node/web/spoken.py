"""What the node and the protocol say in words, as templates for translators: `{name}` is a value.

Babel's extractor finds calls such as _("…"). Below the page nothing knows of languages, so here it is
the sentences themselves that are found: every text of two words or more that is raised, and every
other one in a module that speaks to people.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from potluck import node, protocol

FOR_PROGRAMS = re.compile(r"node/web/api|node/(geography/data|transport/guards)/")
"""Modules that say nothing to a person."""

ONLY_RAISED = re.compile(
    r"node/(store|calendars/(sample|write)|language)|node/web/(?!http/guard)|node/(home/config|home/logs|operations/registry)\.py"
)
"""Modules whose other texts are SQL, settings, samples, or a page's own, which Babel's extractor finds."""

ERRORS = frozenset({"LocalError", "NotFound", "Refused", "InUse"})

NOT_SAID = frozenset(
    {
        "calendar {source}",  # under which name a note is kept
        "offence: {reason}",  # what is counted
    }
)

SHORT = frozenset({"Finding", "Unusable"})
"""What is made of texts of which a single word is said, too."""

_WORDS = re.compile(r"[A-Za-z]{2,}[,;:]? +[A-Za-z(]")
_VALUE = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[A-Za-z]{2,}")


@cache
def spoken() -> dict[str, str]:
    """Every template, and where it is said first."""
    found: dict[str, str] = {}
    for room in (node, protocol):
        (folder,) = room.__path__
        for file in sorted(Path(folder).rglob("*.py")):
            where = str(file.relative_to(Path(folder).parent))
            if FOR_PROGRAMS.match(where):
                continue
            for line, text in _said(
                ast.parse(file.read_text()), raised=not ONLY_RAISED.match(where)
            ):
                found.setdefault(text, f"{where}:{line}")
    return found


def _said(tree: ast.AST, *, raised: bool, short: bool = False) -> Iterator[tuple[int, str]]:
    """Lines and templates below `tree`, which is (or is not) raised, or made of short texts."""
    for part in ast.iter_child_nodes(tree):
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):  # a docstring
            continue
        if isinstance(part, ast.Call):
            name = ast.unparse(part.func)
            if name.startswith(("log.", "logger.", "marked", "option")):
                continue
            yield from _said(part, raised=raised or name in ERRORS, short=name in SHORT)
        elif not _is_text(part):
            yield from _said(part, raised=raised or isinstance(part, ast.Raise), short=short)
        else:
            text = template(part)
            if raised and _is_said(text, short=short):
                yield getattr(part, "lineno", 0), text
            yield from _said(_values_of(part), raised=raised)


def _is_said(text: str, *, short: bool) -> bool:
    """Whether it is for people: two words, of which one may be a value; one, of what is `short`."""
    bare = _VALUE.sub("", text)
    if text in NOT_SAID:
        return False
    return (short and bare.isalpha()) or bool(
        _WORD.search(bare) and _WORDS.search(_VALUE.sub("it", text))
    )


def _is_text(part: ast.AST) -> bool:
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
        return _is_text(part.left) or _is_text(part.right)
    return isinstance(part, ast.JoinedStr) or (
        isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def _values_of(text: ast.AST) -> ast.AST:
    """What stands between the words of a text, which may hold texts of its own."""
    return ast.Tuple([part for part in _parts(text) if not isinstance(part, ast.Constant)])


def _parts(text: ast.AST) -> Iterator[ast.expr]:
    """The constants and the values of a text, in order."""
    if isinstance(text, ast.JoinedStr):
        for part in text.values:
            yield from _parts(part)
    elif isinstance(text, ast.BinOp) and isinstance(text.op, ast.Add) and _is_text(text):
        yield from _parts(text.left)
        yield from _parts(text.right)
    elif isinstance(text, ast.FormattedValue):
        yield text.value
    elif isinstance(text, ast.expr):
        yield text


def template(text: ast.AST) -> str:
    """A text with the names of its values; of two that bear the same name, the second has a 2."""
    names: list[str] = []
    said = ""
    for part in _parts(text):
        if isinstance(part, ast.Constant):
            said += str(part.value)
        else:
            names.append(_name(part))
            said += f"{{{names[-1]}{names.count(names[-1]) if names.count(names[-1]) > 1 else ''}}}"
    return said


def _name(value: ast.expr) -> str:
    """What a translator may call a value."""
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower()
        case ast.Call(args=[*_, last]):
            return _name(last)
        case (
            ast.Call(func=ast.Attribute(value=inner))
            | ast.Subscript(value=inner)
            | ast.BinOp(left=inner)
        ):
            return _name(inner)
        case ast.BoolOp(values=[*_, inner]) | ast.IfExp(body=inner):
            return _name(inner)
    return "value"
