"""Languages: the catalogues are whole, and the browser's wish is heard."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from potluck.node.errors import Unfit
from potluck.node.language import locale as tongues
from potluck.node.language.locale import asked_for, languages, tongue
from potluck.node.language.templates import CONTEXT, DEPTH, Template
from potluck.protocol.errors import LocalError

from .spoken import spoken, template

NODE = Path(tongues.__file__).parents[1]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say": None,
    "marked": None,
    "count": (1, 2),
    "pgettext": ((1, "c"), 2),
}
VALUE = re.compile(r"%\(\w+\)s")
HOLE = re.compile(r"\{(\w+)\}")
FIELD = "this field"
"""What a form's messages are about: the page adds it, nothing in the source says it."""


@cache
def said() -> dict[str, tuple[str, ...]]:
    """Every sentence of the pages by its msgid, with its forms."""
    found = [
        message
        for folder in (NODE / "web", NODE / "language")
        for message in extract_from_dir(
            str(folder),
            [("**.py", "python"), ("**.html", "jinja2"), ("**.js", "javascript")],
            {"**.html": {"newstyle_gettext": "true"}},
            keywords=KEYWORDS,
        )
    ]
    forms = (message if isinstance(message, tuple) else (message,) for _, _, message, _, _ in found)
    return {form[0]: form for form in forms}


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_a_catalogue_says_everything_with_the_same_values(code: str) -> None:
    with (NODE / "language" / "catalogue" / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    known = {
        (each.id if isinstance(each.id, str) else each.id[0]): each for each in catalogue if each.id
    }

    assert said().keys() - known.keys() == set()
    for forms in said().values():
        translated = known[forms[0]].string
        for text in (translated,) if isinstance(translated, str) else translated or ("",):
            assert isinstance(text, str)
            assert text
            # the hour that was and the hour to come may change places: half past six is halb sieben
            allowed = {value for form in forms for value in VALUE.findall(form)} | {
                "%(hour)s",
                "%(next)s",
            }
            assert set(VALUE.findall(text)) <= allowed, forms


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_a_catalogue_has_whatever_the_node_says(code: str) -> None:
    catalogue = _node_entries(code)
    known = {_shape(english) for english in catalogue}
    missing = {text: where for text, where in spoken().items() if _shape(text) not in known}

    assert missing == {}
    assert known - {_shape(text) for text in spoken()} - {FIELD} == set()
    assert FIELD in catalogue
    for english, translated in catalogue.items():
        assert set(HOLE.findall(translated)) == set(HOLE.findall(english))


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_what_the_node_says_is_found_by_its_template(code: str) -> None:
    for english, translated in _node_entries(code).items():
        values = {name: f"«{name}»" for name in HOLE.findall(english)}
        assert tongue(code).tell(english.format_map(values)) == translated.format_map(values)


def test_a_message_about_a_field_is_found_without_its_beginning() -> None:
    about = {
        text: said
        for text, said in _node_entries("de").items()
        if re.match(r"\{field\} |\{name\} must", text)
    }
    assert len(about) > 10
    for english, german in about.items():
        first, *names = HOLE.findall(english)
        values = {name: f"«{name}»" for name in names}
        rest = english.partition("} ")[2].format_map(values)
        assert tongue("de").tell(Unfit("it", rest)) == german.format_map(
            values | {first: "dieses Feld"}
        )


def _node_entries(code: str) -> dict[str, str]:
    with (NODE / "language" / "catalogue" / f"{code}.po").open("rb") as file:
        return {
            str(each.id): str(each.string)
            for each in read_po(file, locale=code)
            if each.context == CONTEXT
        }


def _shape(text: str) -> str:
    """A template whatever its values are called."""
    return HOLE.sub("{}", text)


def test_an_error_is_told_with_the_errors_that_it_quotes_and_figures_as_the_country_writes_them() -> (
    None
):
    german = tongue("de")
    lost = LocalError(
        "cannot connect to /ip4/192.0.2.1/tcp/1: the peer fell silent; is the node there running, and the "
        "address right?"
    )

    assert german.tell(lost) == (
        "keine Verbindung mit /ip4/192.0.2.1/tcp/1: der Peer verstummte; läuft der Knoten dort, und stimmt "
        "die Adresse?"
    )
    assert german.tell(
        "holds 1,204 of 3,000 events known; the newest was announced 2 days ago"
    ) == ("enthält 1.204 von 3.000 bekannten Veranstaltungen; die neueste Ansage ist 2 Tage her")
    assert german.tell("others may read /home/me") == "andere dürfen /home/me lesen"
    assert tongue("en-GB").tell(lost) == str(lost)


def test_what_does_not_fit_a_field_is_told_without_the_name_of_the_field() -> None:
    german = tongue("de")

    assert (
        german.tell(Unfit("title", "is longer than 140 characters"))
        == "dieses Feld ist länger als 140 Zeichen"
    )
    assert (
        german.tell(Unfit("end", "must not come before start"))
        == "das Ende darf nicht vor dem Beginn liegen"
    )
    assert german.tell(Unfit("near", "what nobody wrote")) == "what nobody wrote"


def test_a_hostile_text_is_told_as_it_is_and_soon() -> None:
    german, colons = tongue("de"), "cannot read " + ": " * 20_000
    assert german.tell("{0.__class__} %(num)s {path}") == "{0.__class__} %(num)s {path}"
    assert german.tell(colons).endswith(colons[-1000:])
    nested = "cannot read : " * 2000 + "the peer fell silent"
    assert german.tell(nested).count("lässt sich nicht lesen") == DEPTH + 1


def test_a_template_finds_its_values_from_left_to_right() -> None:
    said = Template(("card ", ": ", ", has ", ""), ("a", "b", "c"), "")

    assert said.values("card 2: x, y, has z, has v") == {"a": "2", "b": "x, y", "c": "z, has v"}
    assert said.values("card 2: x") is None
    assert said.values("cards") is None
    assert Template(("ab", "ba"), ("a",), "").values("aba") is None


def test_sentences_are_found_in_the_source_with_the_names_of_their_values() -> None:
    tree = ast.parse(
        """f"cannot read {error.path!r}: {', '.join(names)} {len(names) / 2:.0f} " + error""",
        mode="eval",
    )

    assert template(tree.body) == "cannot read {path}: {names} {names2} {error}"


def test_the_language_is_what_the_browser_asks_for_first_among_those_that_are_here() -> None:
    assert asked_for("fr-FR,fr;q=0.9,de-AT;q=0.8,en;q=0.5").tag == "de-AT"
    assert asked_for("en").tag == "en-GB"
    assert asked_for("en-US").tag == "en-US"
    assert asked_for("xx,;q=z,*").tag == "en-GB"
    assert asked_for("").tag == "en-GB"


def test_a_number_comes_in_its_form_and_as_the_country_writes_it() -> None:
    german = tongue("de")

    assert german.count("the next day", "the next %(num)s days", 1) == "der nächste Tag"
    assert german.count("the next day", "the next %(num)s days", 1400) == "die nächsten 1.400 Tage"
