"""Codes that let in once, and sessions that last until they are ended."""

from __future__ import annotations

from pathlib import Path

from potluck.node.web.http.sessions import CODE_SECONDS, DAY, MOST_SESSIONS, YEAR, Sessions
from tests.node.at_home import at_home, clock_of


async def test_a_code_lets_in_once_and_not_after_an_hour(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        code, late = sessions.new_code(), sessions.new_code()
        assert sessions.opens(code, phone=False)
        assert not sessions.opens(code, phone=True)
        assert sessions.opens(code, phone=False)  # to ask opens nothing
        cookie = await sessions.redeem(code, "Firefox", phone=False)

        assert cookie is not None
        assert await sessions.redeem(code, "Firefox", phone=False) is None
        assert await sessions.redeem("guessed", "Firefox", phone=False) is None
        clock_of(service).seconds += CODE_SECONDS
        assert await sessions.redeem(late, "Firefox", phone=False) is None
        found = sessions.find(cookie, phone=False)
    assert found is not None
    assert found.name == "Firefox"


async def test_what_is_for_a_phone_opens_no_other_door(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        code = sessions.new_code(phone=True)
        assert await sessions.redeem(code, "Chromium", phone=False) is None
        cookie = await sessions.redeem(code, "Chromium", phone=True)
        assert cookie is not None
        assert sessions.find(cookie, phone=True) is not None
        assert sessions.find(cookie, phone=False) is None


async def test_what_went_through_the_door_of_a_phone_is_worth_nothing_once_it_closes(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        owner = await sessions.redeem(sessions.new_code(), "Firefox", phone=False)
        phone = await sessions.redeem(sessions.new_code(phone=True), "Chromium", phone=True)
        restarted = Sessions(
            service.store.choices, service.clock.real
        )  # the door is closed at the start
        shown = sessions.new_code(phone=True)
        await sessions.drop_phones()

        assert "Chromium" not in (service.store.choices.noted("page.sessions") or "")
        assert await sessions.redeem(shown, "Chromium", phone=True) is None
        for each in (sessions, restarted, Sessions(service.store.choices, service.clock.real)):
            assert each.find(phone or "", phone=True) is None
            assert each.find(owner or "", phone=False) is not None


async def test_sessions_outlive_a_restart_and_end_when_revoked(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        cookie = await sessions.redeem(sessions.new_code(), "Firefox", phone=False)
    assert cookie is not None
    async with at_home(tmp_path) as service:
        again = Sessions(service.store.choices, service.clock.real)
        (session,) = again.listed()
        clock_of(service).seconds += DAY + 1
        await again.note_visit(session)
        found = again.find(cookie, phone=False)
        assert found is not None
        assert found.seen == session.seen + DAY + 1
        clock_of(service).seconds += DAY  # not every request is a write
        await again.note_visit(found)
        assert again.find(cookie, phone=False) == found
        await again.revoke(session.id)
        clock_of(service).seconds += DAY
        await again.note_visit(found)  # of a request that was under way
        assert again.find(cookie, phone=False) is None
        assert Sessions(service.store.choices, service.clock.real).listed() == []


async def test_the_longest_unseen_session_makes_room(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        cookies = []
        for _ in range(MOST_SESSIONS + 1):
            cookies.append(await sessions.redeem(sessions.new_code(), "Firefox", phone=False))
            clock_of(service).seconds += 1

        assert len(sessions.listed()) == MOST_SESSIONS
        assert sessions.find(cookies[0] or "", phone=False) is None
        oldest = sessions.find(cookies[1] or "", phone=False)
        assert oldest is not None
        clock_of(service).seconds += DAY + 1
        await sessions.note_visit(oldest)
        await sessions.redeem(sessions.new_code(), "Firefox", phone=False)
        assert sessions.find(cookies[1] or "", phone=False) is not None
        assert sessions.find(cookies[2] or "", phone=False) is None


async def test_codes_that_nobody_used_are_forgotten_after_their_hour(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        for _ in range(3):
            sessions.new_code()
            clock_of(service).seconds += CODE_SECONDS
        assert len(sessions._codes) == 1


async def test_a_session_that_was_not_here_for_a_year_has_ended(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        cookie = await sessions.redeem(sessions.new_code(), "Firefox", phone=False) or ""
        clock_of(service).seconds += YEAR - 1
        session = sessions.find(cookie, phone=False)
        assert session is not None
        clock_of(service).seconds += 1
        assert sessions.find(cookie, phone=False) is None


async def test_the_store_learns_no_cookie(tmp_path: Path) -> None:
    async with at_home(tmp_path) as service:
        sessions = Sessions(service.store.choices, service.clock.real)
        cookie = await sessions.redeem(sessions.new_code(), "Firefox", phone=False)
        assert (cookie or "") not in (service.store.choices.noted("page.sessions") or "")
