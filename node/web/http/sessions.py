"""Who may come in by the door: one-time links, and the sessions that they become.

A link's code and a session's cookie are random; only their digests are kept. Codes live in memory
and are good once, for an hour. Sessions outlive a restart, and can be listed and revoked; those of
a phone end with the door that it came in by.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import blake2b

from potluck.node.store.choices import Choices

CODE_SECONDS = 3600
MOST_SESSIONS = 50
DAY = 86_400
YEAR = 366 * DAY
"""Seconds after which a session that was not seen has ended."""
_NOTE = "page.sessions"


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that was let in: `phone` ones come in by the door to the local network only."""

    id: str
    name: str
    phone: bool
    since: int
    seen: int


@dataclass(frozen=True, slots=True)
class _Code:
    expires: int
    phone: bool


class Sessions:
    """Codes and sessions of one node; `now` gives UTC seconds."""

    def __init__(self, choices: Choices, now: Callable[[], int]) -> None:
        self._choices = choices
        self._now = now
        self._codes: dict[str, _Code] = {}
        noted = [Session(**session) for session in json.loads(choices.noted(_NOTE) or "[]")]
        self._sessions = {session.id: session for session in noted if not session.phone}

    def new_code(self, *, phone: bool = False) -> str:
        """A code that lets one browser in, once."""
        code = secrets.token_urlsafe(24)
        self._codes = {
            known: each for known, each in self._codes.items() if each.expires > self._now()
        }
        self._codes[_digest(code)] = _Code(self._now() + CODE_SECONDS, phone)
        return code

    async def drop_phones(self) -> None:
        """
        The door to the local network closes: codes shown for it and cookies sent through it are
        worth nothing any more, since whoever was in that network could read them.
        """
        self._codes = {known: each for known, each in self._codes.items() if not each.phone}
        self._sessions = {id: each for id, each in self._sessions.items() if not each.phone}
        await self._keep()

    def opens(self, code: str, *, phone: bool) -> bool:
        """Whether a code would let somebody in at this door."""
        found = self._codes.get(_digest(code))
        return found is not None and found.phone == phone and found.expires > self._now()

    async def redeem(self, code: str, name: str, *, phone: bool) -> str | None:
        """
        The cookie of a new session; None for a code that was used, has expired, or is for another
        door.
        """
        if not self.opens(code, phone=phone):
            return None
        del self._codes[_digest(code)]
        cookie = secrets.token_urlsafe(32)
        session = Session(_digest(cookie), name, phone, self._now(), self._now())
        self._sessions[session.id] = session
        for oldest in sorted(self._sessions.values(), key=lambda each: each.seen)[:-MOST_SESSIONS]:
            del self._sessions[oldest.id]
        await self._keep()
        return cookie

    def find(self, cookie: str, *, phone: bool) -> Session | None:
        """The session of a cookie at this door."""
        found = self._sessions.get(_digest(cookie))
        if found is None or found.phone != phone or found.seen + YEAR <= self._now():
            return None
        return found

    async def note_visit(self, session: Session) -> None:
        """Remember, to the day, when a session was last here."""
        if session.id in self._sessions and self._now() - session.seen > DAY:
            self._sessions[session.id] = Session(**(asdict(session) | {"seen": self._now()}))
            await self._keep()

    def listed(self) -> list[Session]:
        """All sessions, the latest first."""
        return sorted(self._sessions.values(), key=lambda each: -each.since)

    async def revoke(self, id: str) -> None:
        """End a session."""
        self._sessions.pop(id, None)
        await self._keep()

    async def _keep(self) -> None:
        await self._choices.note(
            _NOTE, json.dumps([asdict(each) for each in self._sessions.values()])
        )


def _digest(secret: str) -> str:
    return blake2b(secret.encode(), digest_size=32, person=b"potluck.session").hexdigest()
