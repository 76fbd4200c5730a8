"""The node's log: levels, two formats, and nothing personal above debug."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from potluck.node.home import logs

SECRET = "Soup at 12 Mill Lane, 203.0.113.7"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("potluck")
    before = root.handlers, root.level, ours.level
    yield
    root.handlers, level, our_level = before
    root.setLevel(level)
    ours.setLevel(our_level)


def fail() -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        raise ExceptionGroup("group", [KeyError(SECRET)]) from error


def log_a_failure() -> None:
    try:
        fail()
    except ExceptionGroup:
        logging.getLogger("potluck.node.peering.dialer").exception("a stream failed")


def test_a_json_line_says_when_what_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("info", "json")
    logging.getLogger("potluck.node.replication.sync").info("learnt %d", 3)
    logging.getLogger("potluck.node.replication.sync").debug("details")

    (line,) = capsys.readouterr().err.splitlines()
    said = json.loads(line)
    assert said.pop("time").endswith("+00:00")
    assert said == {"level": "info", "part": "replication.sync", "message": "learnt 3"}


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_failure_shows_its_place_but_not_its_words(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start("info", form)
    log_a_failure()

    said = capsys.readouterr().err
    assert SECRET not in said
    assert all(
        word in said
        for word in ("test_logs.py", "in fail", "ExceptionGroup", "KeyError", "ValueError")
    )


def test_debug_tells_all(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("debug", "text")
    log_a_failure()

    assert capsys.readouterr().err.count(f"ValueError: {SECRET}") == 1


def test_of_libraries_only_warnings_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.start("debug", "text")
    logging.getLogger("httpx").info("GET https://example.org/calendar.ics?token=secret")
    logging.getLogger("httpx").warning("odd")

    assert capsys.readouterr().err.rstrip().endswith("warning httpx: odd")
