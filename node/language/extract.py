"""Begin a language, or bring its catalogue up to date: python -m potluck.node.language.extract fr.

Babel finds what is said in the source: the calls in SPOKEN, the pages' templates, the help of
commands, and what click says. What a catalogue leaves empty is said in English; with --check
nothing is written, and the exit code is 1 if a catalogue lacks something.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po

from .locale import FOLDER

ROOT = Path(__file__).parents[2]
MESSAGES: dict[str, Any] = dict.fromkeys(
    "_ marked Message LocalError NotFound Refused NodeNotRunning VerificationFailed InUse "
    "Misconfigured Invalid Skipped Unusable UsageError".split()
) | dict.fromkeys(("Unfit", "RemoteError"), (2,))
PAGES: dict[str, Any] = dict.fromkeys(("_", "gettext", "say"))
PAGES |= dict.fromkeys(("ngettext", "count"), (1, 2)) | {"pgettext": ((1, "c"), 2)}
SPOKEN = {
    ROOT / "protocol": MESSAGES,
    ROOT / "node": MESSAGES | {"gettext": None},
    ROOT / "cli": MESSAGES | {"print_line": None, "plural": (1, 2)},
    ROOT / "node/language": PAGES,
    ROOT / "node/web": PAGES,
    Path(click.__file__).parent: PAGES,
}
"""By folder, which calls say something, and with which of their arguments."""


def commands(file: Any, keywords: Any, tags: Any, options: Any) -> Iterator[Any]:
    """As Babel's own for Python, and what is `listed`, or said of commands and their options."""
    yield from extract_python(file, keywords, tags, options)
    file.seek(0)
    speaks = Path(file.name).parent == ROOT / "cli"
    tree = ast.parse(file.read())
    yield from _in_strings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Name("listed"), [ast.Constant(value=str(words))]):
                yield from ((node.lineno, "_", word, []) for word in words.split())
            case ast.Call(ast.Name("nouns"), [ast.Constant(value=str(words))]):
                for noun in words.split():
                    yield node.lineno, "plural", (f"{{num:,}} {noun}", f"{{num:,}} {noun}s"), []
            case ast.Call(ast.Name("asked"), [ast.Constant(value), ast.Constant(help), *_]):
                yield from ((node.lineno, "_", text, []) for text in (value, help) if text)
            case ast.Call(ast.Name("does"), [*_, ast.Constant(value=str(help))]) if speaks:
                yield node.lineno, "_", help, []
            case ast.keyword("help" | "metavar", ast.Constant(value=str(text))) if speaks:
                yield node.value.lineno, "_", text, []
            case ast.FunctionDef() if speaks and _is_command(node):
                yield node.lineno, "_", ast.get_docstring(node), []


def _in_strings(tree: ast.AST) -> Iterator[Any]:
    """What is said within f"…", which Babel reads from Python 3.12 on only."""
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    for node in (call for string in strings for call in ast.walk(string)):
        match node:
            case ast.Call(ast.Name("_"), [ast.Constant(value=str(text)), *_]):
                yield node.lineno, "_", text, []


def _is_command(node: ast.FunctionDef) -> bool:
    return any(re.search(r"\b(command|group)\(", ast.unparse(each)) for each in node.decorator_list)


def template() -> Catalog:
    """All that is said, untranslated."""
    catalogue = Catalog(fuzzy=False)
    options = {"**.html": {"newstyle_gettext": "true", "trimmed": "true"}}
    python = "potluck.node.language.extract:commands"
    methods = [("**.py", python), ("**.html", "jinja2"), ("**.js", "javascript")]
    for folder, calls in SPOKEN.items():
        for _, _, message, _, context in extract_from_dir(str(folder), methods, options, calls):
            if message:
                catalogue.add(message, context=context)
    return catalogue


def updated(code: str) -> Catalog:
    """The catalogue of a language with all that is said, and the translations that there are."""
    file, known = FOLDER / f"{code}.po", Catalog(locale=code)
    if file.exists():
        with file.open("rb") as old:
            known = read_po(old, locale=code)
    known.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    return known


def main(code: str) -> None:
    """Write the catalogue of this language."""
    catalogue = updated(code)
    with (FOLDER / f"{code}.po").open("wb") as out:
        write_po(out, catalogue, width=96, no_location=True, omit_header=False)


def check() -> None:
    """Exit with what is not said in a language that is here."""
    for file in FOLDER.glob("*.po"):
        for each in updated(file.stem):
            forms = [each.string] if isinstance(each.string, str) else each.string
            if each.id and not all(forms or [""]):
                sys.exit(f"{file.name} lacks: {each.id!r}; make language CODE={file.stem}")


if __name__ == "__main__":
    check() if sys.argv[1:] == ["--check"] else main(sys.argv[1])
