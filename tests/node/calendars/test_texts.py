"""Calendars as bytes: charsets, folds, line ends, escapes, and lines that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.node.calendars.component import component, escaped, unescaped
from potluck.node.calendars.decode import text_of
from potluck.node.calendars.draft import Draft, Scope
from potluck.node.calendars.plain_text import MOST_READ, plain, web_address
from potluck.node.calendars.read import read
from tests.node.calendar_text import SINCE, drafts, items, of, vcalendar, vevent, why

START = "DTSTART:20261105T100000Z"
SOUP = vcalendar(vevent(START, "DESCRIPTION:Grün\\, süß – für alle", title="Crème brûlée"))


def title(calendar: bytes, charset: str | None = None) -> str:
    (only,) = read(calendar, Scope(SINCE), charset).items
    assert isinstance(only, Draft)
    return only.body.title


@pytest.mark.parametrize(
    "calendar",
    [
        SOUP,
        b"\xef\xbb\xbf" + SOUP,
        SOUP.decode().encode("utf-16"),
        SOUP.decode().encode("utf-16-be"),
        SOUP.decode().encode("utf-32"),
        SOUP.decode().encode("cp1252"),
        SOUP.replace(b"\r\n", b"\r"),
        SOUP.replace(b"\r\n", b"\n"),
        SOUP.replace(b"\r\n", b"\r\r\n"),
        SOUP.replace("è".encode(), "è".encode()[:1] + b"\r\n " + "è".encode()[1:]),
        SOUP.replace(b"SUMMARY", b"SUM\r\n\tMARY"),
    ],
    ids="plain mark utf-16 utf-16-be utf-32 cp1252 cr lf crcrlf within-a-character tab".split(),
)
def test_every_charset_and_line_end_gives_the_same_text(calendar: bytes) -> None:
    (made,) = of(calendar)

    assert isinstance(made, Draft)
    assert (made.body.title, made.body.about) == ("Crème brûlée", "Grün, süß – für alle")


def test_the_charset_of_the_server_counts_where_the_bytes_are_not_utf_8() -> None:
    greek = vcalendar(vevent(START, title="Σούπα"))

    assert title(greek.decode().encode("iso-8859-7"), "iso-8859-7") == "Σούπα"
    assert title(greek, "iso-8859-7") == "Σούπα"
    assert title(greek, "no-such-charset") == "Σούπα"


def test_one_line_that_is_not_utf_8_does_not_spoil_the_others() -> None:
    mixed = vcalendar(vevent(START, "LOCATION:Caf?", title="Käse")).replace(b"Caf?", b"Caf\xe9")
    (made,) = of(mixed)

    assert isinstance(made, Draft)
    assert made.body.place is not None
    assert (made.body.title, made.body.place.name) == ("Käse", "Café")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=BCn"], "Grün"),
        (["SUMMARY;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Gr=FCn"], "Grün"),
        (["SUMMARY;ENCODING=QUOTED-PRINTABLE:So =", "far so good"], "So far so good"),
        (["SUMMARY:Jack &amp; Jill&#39;s &eacute;clair"], "Jack & Jill's éclair"),
        (["SUMMARY:Jack &amp;amp; Jill"], "Jack & Jill"),
        (["SUMMARY:Food&notes"], "Food&notes"),
        (["SUMMARY:<b>Bold</b> move"], "Bold move"),
        (["SUMMARY:1 < 2"], "1 < 2"),
        (['SUMMARY;X="a:b;c":Quoted'], "Quoted"),
        (['SUMMARY;X="open:Unbalanced'], "Unbalanced"),
        (["summary:Small"], "Small"),
        (["SUMMARY:First", "SUMMARY:Second"], "First"),
        (["SUMMARY:Half a", "sentence"], "Half a sentence"),
        (["no property at all", "SUMMARY:There"], "There"),
        (["BEGIN:VALARM", "SUMMARY:Ring", "END:VALARM", "SUMMARY:Meal"], "Meal"),
    ],
)
def test_titles_as_programs_write_them(lines: list[str], expected: str) -> None:
    (made,) = drafts(vevent(START, *lines, title=None))

    assert made.body.title == expected


def test_line_breaks_that_a_program_forgot_to_escape_cost_no_text() -> None:
    text = ["DESCRIPTION:Soup.", "Doors: 7 pm", "Class: beginners", "https://a.example/5"]
    rest = ["ENTRY: 5 €", "and a spoon", "TRANSP:OPAQUE", "X-Made-By:us", "CLASS:PUBLIC"]
    (made,) = drafts(vevent(START, *text, *rest))

    assert made.body.about == "\n".join(["Soup.", *text[1:], *rest[:2]])


def test_a_page_names_its_charset_and_latin_1_has_the_marks_of_windows() -> None:
    page = '<meta charset=windows-1251><script type="application/ld+json">%s</script>'
    event = '{"@type": "Event", "name": "Концерт", "startDate": "2026-11-05"}'

    assert title((page % event).encode("cp1251")) == "Концерт"
    quoted = vcalendar(vevent(START, title="Ann’s café")).decode().encode("cp1252")
    assert title(quoted, "ISO-8859-1") == "Ann’s café"


def test_a_description_in_html_only_is_read() -> None:
    html = "X-ALT-DESC;FMTTYPE=text/html:<html><head><style>p {}</style></head><p>Soup</p></html>"
    for rest in ([], ["DESCRIPTION:\\n"]):
        (made,) = drafts(vevent(START, html, *rest))
        assert made.body.about == "Soup"
    (both,) = drafts(vevent(START, html, "DESCRIPTION:Stew"))
    assert both.body.about == "Stew"


@pytest.mark.parametrize("hidden", ["Class:PRIVATE", "Class: confidential"])
def test_what_is_for_few_is_no_text_however_it_is_written(hidden: str) -> None:
    assert why(vevent(START, "DESCRIPTION:Soup.", hidden)) == ["private"]


def test_who_comes_is_no_text_however_it_is_written() -> None:
    (made,) = drafts(vevent(START, "DESCRIPTION:Soup.", "Attendee;CN=Anna: mailto:anna@a.example"))

    assert made.body.about == "Soup."


def test_who_writes_names_in_small_letters_or_with_spaces_is_understood_too() -> None:
    small = ["Description:Soup.", "Location:Barn", "Dtstart:20261105T100000Z"]
    spaced = ["DESCRIPTION: Soup.", "LOCATION: Barn", "TRANSP: OPAQUE", START.replace(":", ": ")]
    for lines in (small, spaced):
        (made,) = drafts(vevent(*lines))
        assert made.body.place is not None
        assert (made.body.about, made.body.place.name) == ("Soup.", "Barn")


@pytest.mark.parametrize(
    ("written", "about"),
    [
        ("<section><font color=red>Soup</font></section>", "Soup"),
        ("<b>Soup</b> for x<y\\, and more", "Soup for x<y, and more"),
        ("<script>alert(1)</script>Soup<!-- secret -->", "Soup"),
        (r"Soup\r\nand C:\\read\nme", "Soup\nand C:\\read\nme"),
        ("&lt;p&gt;Soup &amp;amp; bread&lt;/p&gt;", "Soup & bread"),
        (
            "Write to <soup@kitchen.example>\\, we <3 you",
            "Write to <soup@kitchen.example>, we <3 you",
        ),
    ],
)
def test_descriptions_in_any_html(written: str, about: str) -> None:
    (made,) = drafts(vevent(START, f"DESCRIPTION:{written}", "X-COST:&euro\\;5"))

    assert (made.body.about, made.body.price) == (about, "€5")


def test_the_uid_of_an_alarm_is_not_the_events() -> None:
    alarm = "BEGIN:VALARM\r\nUID:ring@example.net\r\nEND:VALARM"
    (made,) = drafts(vevent(alarm, "UID:meal@example.net", START, uid=None))

    assert made.uid == "meal@example.net"


def test_a_bad_property_costs_no_other_and_no_event() -> None:
    bad = [
        "GEO:north",
        "DURATION:soon",
        "CATEGORIES:",
        "URL:::",
        "X-POTLUCK-CAPACITY:-3",
        "EXDATE:x",
    ]
    (made,) = drafts(vevent(START, *bad, "DTEND:later", "DESCRIPTION:Still here"))

    assert made.body.about == "Still here"
    assert (made.body.end, made.body.url, made.body.place) == (None, None, None)


@given(st.text())
def test_escapes_are_undone(text: str) -> None:
    assert unescaped(escaped(text)) == text
    line = f"SUMMARY:{escaped(text.replace(chr(13), ''))}"
    assert component(line).text("SUMMARY") == text.replace(chr(13), "")


@given(st.binary(max_size=300), st.sampled_from([None, "latin-1", "utf-16", "rot13", "x"]))
def test_any_bytes_are_text(content: bytes, charset: str | None) -> None:
    assert "\r" not in text_of(content, charset) or charset is not None or b"\0" in content


def test_events_outside_of_what_is_begun_are_not_lost() -> None:
    assert len(items(vevent(START), "END:VCALENDAR", vevent(START, uid="2@example.net"))) == 2


def test_no_more_of_a_text_is_read_than_could_be_kept_and_no_password_of_an_address_is() -> None:
    assert len(plain("x" * 50_000, 1 << 20)) == MOST_READ
    assert web_address("https://joe:sesame@a.example/x") == "https://a.example/x"
    assert "https://a.example/x" in plain("Doors: <https://a.example/x> <b>now</b>", 100)
