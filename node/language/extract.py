"""Begin a language, or bring its catalogue up to date: python -m potluck.node.language.extract fr.

Babel finds what is said in the source: the calls in SPOKEN, and the pages' templates. What a
catalogue leaves empty is said in English.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from .locale import FOLDER

ROOT = Path(__file__).parents[2]
MESSAGES = dict.fromkeys(
    "_ marked Message LocalError NotFound Refused NodeNotRunning VerificationFailed InUse "
    "Misconfigured Invalid Skipped Unusable UsageError".split()
) | dict.fromkeys(("Unfit", "RemoteError"), (2,))
PAGES: dict[str, Any] = dict.fromkeys(("_", "gettext", "say"))
PAGES |= dict.fromkeys(("ngettext", "count"), (1, 2)) | {"pgettext": ((1, "c"), 2)}
SPOKEN = {
    "protocol": MESSAGES,
    "node": MESSAGES,
    "cli": MESSAGES | {"plural": (1, 2)},
    "node/language": PAGES,
    "node/web": PAGES,
}
"""By folder, which calls say something, and with which of their arguments."""


def template() -> Catalog:
    """All that is said, untranslated."""
    catalogue = Catalog(fuzzy=False)
    for folder, keywords in SPOKEN.items():
        for _, _, said, _, context in extract_from_dir(
            str(ROOT / folder),
            [("**.py", "python"), ("**.html", "jinja2"), ("**.js", "javascript")],
            {"**.html": {"newstyle_gettext": "true", "trimmed": "true"}},
            keywords,
        ):
            if said:
                catalogue.add(said, context=context)
    return catalogue


def main(code: str) -> None:
    """Write the catalogue of this language, with the translations that there are."""
    file = FOLDER / f"{code}.po"
    known = Catalog(locale=code)
    if file.exists():
        with file.open("rb") as old:
            known = read_po(old, locale=code)
    known.update(template(), no_fuzzy_matching=True)
    known.obsolete.clear()
    with file.open("wb") as out:
        write_po(out, known, width=96, no_location=True, omit_header=False)


if __name__ == "__main__":
    main(sys.argv[1])
