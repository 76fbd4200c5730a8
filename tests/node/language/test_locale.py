"""Languages: the catalogues are whole, messages are told, and the browser's wish is heard."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from potluck.node.errors import Unfit
from potluck.node.language import locale as locales
from potluck.node.language.locale import as_environment, asked_for, languages, locale_of
from potluck.protocol.errors import Invalid, LocalError
from potluck.protocol.message import Message

VALUE = re.compile(r"%\(\w+\)s|\{\w+[^}]*\}")
OTHERS = [code for code in languages() if code != "en"]


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_the_same_values_as_english(code: str) -> None:
    with (locales.FOLDER / f"{code}.po").open("rb") as file:
        known = {message.id: message.string for message in read_po(file, locale=code)}

    for english, translated in known.items():
        forms = [english] if isinstance(english, str) else english
        for text in (translated,) if isinstance(translated, str) else translated or ():
            assert all(text) or not english
            # the hour that was and the hour to come may change places: half past six is halb sieben
            allowed = {value for form in forms for value in VALUE.findall(form)}
            assert set(VALUE.findall(text)) <= allowed | {"%(hour)s", "%(next)s"}


def test_an_error_is_told_with_the_messages_it_quotes_and_figures_as_the_country_writes_them() -> (
    None
):
    german = locale_of("de")
    newest = Message("{span} ago", span=Message("{days:.0f} days", days=2.2))
    deck = Message(
        "holds {held:,} of {log:,} events known; the newest was announced {age}",
        held=1204,
        log=3000,
        age=newest,
    )

    assert deck == "holds 1,204 of 3,000 events known; the newest was announced 2 days ago"
    assert german.translate(deck) == (
        "enthält 1.204 von 3.000 bekannten Veranstaltungen; die neueste Ansage ist 2 Tage her"
    )
    assert locale_of("en-GB").translate(LocalError("{why}", why=deck)) == deck


def test_the_messages_of_a_result_are_told_and_nothing_else() -> None:
    result = {"title": "is whole", "reasons": [{"why": Message("is whole")}], "n": 3}

    assert locale_of("de").translate_all(result) == {
        "title": "is whole",
        "reasons": [{"why": "ist heil"}],
        "n": 3,
    }
    assert locale_of("en-GB").translate_all(result) == result


def test_what_a_person_wrote_is_no_template() -> None:
    hostile = "{0.__class__} %(num)s {path}"

    assert str(Unfit("title", hostile)) == f"title: {hostile}"
    assert (
        locale_of("de").translate(Message("{text!r} is no time", text=hostile)).count(hostile) == 1
    )
    assert str(Invalid("{name} is {text}", name="a", text="{name}")) == "a is {name}"


def test_the_language_is_what_the_browser_asks_for_first_among_those_that_are_here() -> None:
    assert asked_for("fr-FR,fr;q=0.9,de-AT;q=0.8,en;q=0.5").tag == "de-AT"
    assert asked_for("en").tag == "en-GB"
    assert asked_for("en-US").tag == "en-US"
    assert asked_for("xx,;q=z,*").tag == "en-GB"
    assert asked_for("").tag == "en-GB"


def test_a_command_reads_the_language_as_other_programs_do() -> None:
    assert as_environment("fr:de_AT.UTF-8:en").tag == "de-AT"
    assert as_environment("C.UTF-8").tag == "en-GB"


def test_a_number_comes_in_its_form_and_as_the_country_writes_it() -> None:
    german = locale_of("de")

    assert german.ngettext("the next day", "the next %(num)s days", 1) == "der nächste Tag"
    assert (
        german.ngettext("the next day", "the next %(num)s days", 1400) == "die nächsten 1.400 Tage"
    )
