from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from potluck.protocol import authoring
from potluck.protocol.admission import MAX_REGISTERS
from potluck.protocol.announcement import DAY, Place, Status
from potluck.protocol.authoring import MAX_REVISION
from potluck.protocol.errors import Invalid, Refused
from tests.builders import NOW, announcement, author, body, source


def test_a_host_has_a_limited_number_of_registers() -> None:
    with pytest.raises(Refused, match="withdraw some"):
        authoring.announce(author(), 1, body(), now=NOW, live_registers=MAX_REGISTERS)


def test_a_revision_never_expires_earlier() -> None:
    first = announcement(expires_at=NOW + 90 * DAY)
    sooner = authoring.revise(first, Status.SCHEDULED, body(start=NOW + DAY), now=NOW)
    later = authoring.revise(sooner, Status.SCHEDULED, body(start=NOW + 100 * DAY), now=NOW)
    gone = authoring.revise(later, Status.WITHDRAWN, None, now=NOW)

    assert sooner.expires_at == NOW + 90 * DAY
    assert later.expires_at == gone.expires_at == NOW + 130 * DAY
    assert [one.revision for one in (sooner, later, gone)] == [1, 2, 3]


def test_a_clock_that_went_back_does_not_shorten_a_life() -> None:
    first = announcement(issued_at=NOW, expires_at=NOW + 400 * DAY)
    second = authoring.revise(first, Status.CANCELLED, body(), now=NOW - 300 * DAY)

    assert second.issued_at == NOW
    assert second.expires_at == NOW + 400 * DAY


def test_what_was_withdrawn_or_has_expired_stays_so() -> None:
    gone = announcement(status=Status.WITHDRAWN)
    with pytest.raises(Refused, match="withdrawn"):
        authoring.revise(gone, Status.SCHEDULED, body(), now=NOW)

    over = announcement(expires_at=NOW + DAY)
    with pytest.raises(Refused, match="over"):
        authoring.revise(over, Status.WITHDRAWN, None, now=NOW + DAY)


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Cafe\u0301"},
        {"about": "e\u0301"},
        {"topics": ("music", "e\u0301")},
        {"series": "e\u0301"},
        {"place": Place("Cafe\u0301")},
        {"source": source(name="Cafe\u0301")},
    ],
)
def test_nothing_is_signed_that_is_not_in_normal_form_c(fields: dict[str, Any]) -> None:
    loose = body(**fields)

    with pytest.raises(Invalid, match="normal form C"):
        authoring.announce(author(), 1, loose, now=NOW, live_registers=0)
    with pytest.raises(Invalid, match="normal form C"):
        authoring.revise(announcement(), Status.SCHEDULED, loose, now=NOW)


def test_the_last_revision_is_left_for_withdrawing() -> None:
    worn = replace(announcement(), revision=MAX_REVISION - 1)
    with pytest.raises(Refused, match="too often"):
        authoring.revise(worn, Status.SCHEDULED, body(), now=NOW)

    assert authoring.revise(worn, Status.WITHDRAWN, None, now=NOW).revision == MAX_REVISION
