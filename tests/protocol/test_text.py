from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol.errors import Invalid
from potluck.protocol.text import (
    check_language,
    check_line,
    check_lines,
    check_normal,
    check_source_id,
    check_time_zone,
    check_url,
    clean_line,
    clean_lines,
    clean_source_id,
)


def test_white_space_is_what_the_protocol_says() -> None:
    named = {*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B)}
    named |= {0x2028, 0x2029, 0x202F, 0x205F, 0x3000}

    assert {code for code in range(0x110000) if chr(code).isspace()} == named
    assert {code for code in range(0x110000) if re.match(r"\s", chr(code))} == named


@pytest.mark.parametrize(
    "words", ["Soup", "Café", "東京の夜", "שלום‎", "e\u200d👩‍🍳", "x" * 20, "Cafe\u0301", "\ufeffx"]
)
def test_lines_of_every_script_are_allowed(words: str) -> None:
    check_line("title", words, 20)


@pytest.mark.parametrize(
    "words",
    [
        "",
        " x",
        "x ",
        "\u3000x",
        "a\nb",
        "a\tb",
        "a\0b",
        "a\x7fb",
        "a\x85b",
        "a\u2028b",
        "a\u202eb",
        "a\u2066b",
        "a\ufdd0b",
        "a\ufffe",
        "\U0001ffffb",
        "\U0001f3f4\U000e0067\U000e007f",
        "\u200b",
        "\ufe0f\u3164\u2800\u00ad",
        "x" * 21,
        5,
        None,
    ],
)
def test_what_is_no_line_is_refused(words: object) -> None:
    with pytest.raises(Invalid):
        check_line("title", words, 20)


def test_a_source_id_has_no_character_that_is_not_seen() -> None:
    check_source_id("source", "Café \u0627\u0644", 20)
    for words in ("x\u200dy", "x\u00ad", "\u2600\ufe0f", "\ufeffx", ""):
        with pytest.raises(Invalid):
            check_source_id("source", words, 20)


def test_normal_form_is_asked_for_of_those_who_write() -> None:
    check_normal("title", "Café")
    with pytest.raises(Invalid, match="normal form C"):
        check_normal("title", "Cafe\u0301")


def test_what_is_dropped_and_what_becomes_a_space() -> None:
    assert clean_line("a\u2028 b\tc\ufdd0d\U000e0067e", 20) == "a b cde"
    assert clean_line("\u200b \u2800", 20) == clean_lines("\u200b\n\ufe0f", 20) == ""
    assert clean_source_id("Jazz\u00adhof \u2600\ufe0f\u200b", 20) == "Jazzhof \u2600"
    assert clean_source_id("\u200b", 20) == ""


def test_lines_are_measured_in_bytes() -> None:
    check_lines("about", "é\n" * 3 + "é", 11)

    with pytest.raises(Invalid, match="longer than 10 bytes"):
        check_lines("about", "é\n" * 3 + "é", 10)


@pytest.mark.parametrize("url", ["http://a.org", "https://a.org/b?c=d#e", "https://münchen.de/ü"])
def test_web_addresses_are_allowed(url: str) -> None:
    check_url("url", url)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://a.org",
        "a.org",
        "https://",
        "https:///x",
        "https://a b",
        'http://a/"',
        3,
    ],
)
def test_other_addresses_are_refused(url: object) -> None:
    with pytest.raises(Invalid):
        check_url("url", url)


@pytest.mark.parametrize(
    "tz", ["UTC", "Europe/Berlin", "America/Indiana/Indianapolis", "Etc/GMT+2"]
)
def test_time_zone_names_are_allowed(tz: str) -> None:
    check_time_zone("tz", tz)


@pytest.mark.parametrize(
    "tz", ["", "../etc/passwd", "/UTC", "Europe/", "Europe/Ber lin", "+02:00", None]
)
def test_other_time_zone_names_are_refused(tz: object) -> None:
    with pytest.raises(Invalid):
        check_time_zone("tz", tz)


@pytest.mark.parametrize("lang", ["de", "pt-BR", "zh-Hans-CN"])
def test_language_tags_are_allowed(lang: str) -> None:
    check_language("lang", lang)


@pytest.mark.parametrize("lang", ["", "German", "DE", "de_", "de-", 1])
def test_other_language_tags_are_refused(lang: object) -> None:
    with pytest.raises(Invalid):
        check_language("lang", lang)


@given(st.text(max_size=300), st.integers(2, 50))
def test_cleaned_lines_are_allowed_or_empty(words: str, limit: int) -> None:
    line = clean_line(words, limit)

    if line:
        check_line("title", line, limit)
        check_normal("title", line)
    if source := clean_source_id(words, limit):
        check_source_id("source", source, limit)


@given(st.text(max_size=300), st.integers(8, 90))
def test_cleaned_texts_are_allowed_or_empty(words: str, limit: int) -> None:
    text = clean_lines(words, limit)

    if text:
        check_lines("about", text, limit)
        check_normal("about", text)


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(words: str) -> None:
    once = clean_lines(words, 90)

    assert clean_lines(once, 90) == once
    assert clean_line(clean_line(words, 20), 20) == clean_line(words, 20)
    assert clean_source_id(clean_source_id(words, 20), 20) == clean_source_id(words, 20)
