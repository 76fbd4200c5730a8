"""The templates of pages, in a language."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from potluck.node.language import format as words
from potluck.node.language.locale import Locale


@lru_cache(maxsize=16)
def environment(locale: Locale, *folders: Path) -> Environment:
    """Templates in a language: of these folders first, then of this one."""
    environment = Environment(
        loader=FileSystemLoader([*folders, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True  # a sentence may go over several lines
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        locale.catalogue, newstyle=True
    )
    environment.globals |= {"words": words, "key": words.key}
    spoken: dict[str, Callable[..., Any]] = {
        "number": lambda value: words.number(value, locale),
        "distance": lambda km: words.distance(km, locale),
        "gettext": locale.gettext,
        "translate": locale.translate,
        "sentence": words.sentence,
        "qr": _qr,
        "day": lambda text: words.full_date(date.fromisoformat(text), locale),
    }
    environment.filters |= spoken
    return environment


def _qr(text: str) -> str:
    """A QR code as the address of a picture, dark on white in both schemes."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_data_uri(scale=8, border=3, light="#fff")
