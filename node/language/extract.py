"""Begin a language, or bring its catalogue up to date: python -m potluck.node.language.extract fr.

Babel finds what is said in the source: the calls in SAYING, the pages' templates, the help of
commands, and what click says. What a catalogue leaves empty is said in English; with --check
nothing is written, and the exit code is 1 if a catalogue lacks something.
"""

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po, write_po

from .locale import FOLDER

ROOT = Path(__file__).parents[2]
MESSAGES = parse_keywords(
    "_ gettext marked Message LocalError NotFound Refused NodeNotRunning VerificationFailed "
    "InUse Misconfigured Invalid Skipped Unusable UsageError Unfit:2 RemoteError:2 print_line "
    "nouns:1,2".split()
)
PAGES = DEFAULT_KEYWORDS | parse_keywords(["say", "count:1,2"])
SPOKEN = dict.fromkeys(("protocol", "node", "cli"), MESSAGES) | dict.fromkeys(
    ("node/language", "node/web", Path(click.__file__).parent), PAGES
)
"""By folder, which calls say something, and with which of their arguments."""

_COMMAND = re.compile(r"\b(command|group)\(")


def commands(file: Any, keywords: Any, tags: Any, options: Any) -> Iterator[Any]:
    """As Babel's own for Python, and what is `listed`, or said of commands and their options."""
    yield from extract_python(file, keywords, tags, options)
    file.seek(0)
    for node in ast.walk(ast.parse(file.read())):
        for text in _said(node):
            yield 0, "_" if isinstance(text, str) else "nouns", text, []  # nobody asks where


def _said(node: ast.AST) -> list[Any]:  # noqa: PLR0911 - a way to say it each
    match node:
        case ast.Call(ast.Name("_"), [ast.Constant(value=str(says)), *_]):
            return [says]  # within f"…" Babel finds it from Python 3.12 on only
        case ast.Call(ast.Name("listed"), [ast.Constant(value=str(words))]):
            return words.split()
        case ast.Call(ast.Name("nouns"), [ast.Constant(value=str(words))]):
            return [(f"{{num:,}} {noun}", f"{{num:,}} {noun}s") for noun in words.split()]
        case ast.Call(ast.Name("asked"), [ast.Constant(value), ast.Constant(says), *_]):
            return [value, says] if value else [says]
        case ast.Call(ast.Name("does"), [_, _, _, ast.Constant(says)]):
            return [says]
        case ast.keyword("help" | "metavar", ast.Constant(value=str(says))):
            return [says]
        case ast.FunctionDef(decorator_list=[first, *_]) if _COMMAND.search(ast.unparse(first)):
            return [ast.get_docstring(node)]
    return []


METHODS: list[Any] = [("**.py", commands), ("**.html", "jinja2"), ("**.js", "javascript")]
OPTIONS = {"**.html": {"newstyle_gettext": "true", "trimmed": "true"}}


def updated(code: str) -> Catalog:
    """The catalogue of a language with all that is said, and the translations that there are."""
    said, file = Catalog(fuzzy=False), FOLDER / f"{code}.po"
    for folder, calls in SPOKEN.items():
        found = extract_from_dir(ROOT / folder, METHODS, OPTIONS, calls)
        for _, _, text, _, context in found:
            said.add(text, context=context)
    known = read_po(io.BytesIO(file.read_bytes() if file.exists() else b""), locale=code)
    known.update(said, no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    return known


def main(code: str) -> None:
    """Write the catalogue of this language."""
    catalogue = updated(code)
    with (FOLDER / f"{code}.po").open("wb") as out:
        write_po(out, catalogue, width=96, no_location=True)


def check() -> None:
    """Exit with what is not said in a language that is here."""
    for file in FOLDER.glob("*.po"):
        for each in updated(file.stem):
            forms = each.string or ""
            if each.id and not all([forms] if isinstance(forms, str) else forms):
                sys.exit(f"{file.name} lacks: {each.id!r}; make language CODE={file.stem}")


if __name__ == "__main__":
    check() if sys.argv[1:] == ["--check"] else main(sys.argv[1])
