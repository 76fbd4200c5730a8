"""What admission asks of the store, and the one path by which announcements get into it.

Decisions are made on the event loop, one by one, against what is committed plus what is still on
its way to the writer (the overlay). The writer takes the overlay as a whole, some ms later.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import apsw

from potluck.node.limits import MAX_REFUSED
from potluck.protocol import admission as rules
from potluck.protocol.admission import Admission, Floor, Head, Outcome
from potluck.protocol.wire import SignedAnnouncement

from . import rows
from .connection import Row
from .database import Database
from .overlay import Change, Overlay, write

MAX_HOSTS = 16_384
"""Hosts whose counts and floors are kept in memory; more than the overlay can hold."""

MAX_OVERLAY = 2_000
"""Announcements on their way to the disk; with more, the next one waits for the writer."""

_log = logging.getLogger(__name__)

MAX_SLOT = (1 << 64) - 1


MAX_SLOTS = 256
"""Registers of a host up to which their slots are kept in memory."""


@dataclass(slots=True)
class _Host:
    """`live` also counts registers that expired since; some have by `recount_at`. `slots` are those
    of its registers, perhaps of some that are gone; None if they are too many."""

    live: int
    recount_at: int
    floor: Floor | None
    slots: set[int] | None


class StoredLedger:
    """The Ledger of protocol.admission, kept in the database. One thread only may call it.

    `after_write(connection, added, now)` is called by the writer within the same transaction; it
    returns whether it forgot registers.
    """

    def __init__(
        self, database: Database, after_write: Callable[[apsw.Connection, int, int], bool]
    ) -> None:
        self._database = database
        self._after_write = after_write
        self._hosts: OrderedDict[bytes, _Host] = OrderedDict()
        self._filling = Overlay()
        self._writing = Overlay()
        self._hosts_changed = threading.Event()
        self._handover = threading.Lock()
        self._asked: tuple[tuple[bytes, int] | None, Head | None] = (None, None)
        self._refused: set[bytes] | None = None  # perhaps with some that are gone
        self.failure: BaseException | None = None
        """Why the last write failed, if it did."""
        newest = database.row("SELECT coalesce(max(ref), 0) FROM register")
        self._last_ref: int = newest[0] if newest else 0

    def knows(self, announcement_id: bytes) -> bool:
        """Whether this id was admitted, superseded or refused for good before."""
        if announcement_id in self._filling.ids or announcement_id in self._writing.ids:
            return True
        return bool(self._database.rows(_KNOWS, (announcement_id,)))

    # --- what admission asks

    def recall(self, announcement_id: bytes, host: bytes, slot: int) -> tuple[bool, Head | None]:
        self._count_hosts_anew()
        known = announcement_id in self._filling.ids or announcement_id in self._writing.ids
        change = self._change(host, slot)
        stored: Sequence[Row] = ()
        if self._may_be_stored(announcement_id, host, slot):
            stored = self._database.rows(_RECALL, (host, rows.slot_key(slot), announcement_id))
        head = change.standing if change is not None else _head(stored)
        self._asked = (host, slot), head
        return known or any(id == announcement_id for _, id, _ in stored), head

    def _may_be_stored(self, announcement_id: bytes, host: bytes, slot: int) -> bool:
        """Whether the table may have the register, or the id among the refused: asked of memory.

        (An id that is in the log stands at its own register.)
        """
        if self._refused is None or len(self._refused) > 2 * MAX_REFUSED:
            self._refused = {id for (id,) in self._database.rows("SELECT id FROM refused")}
            self._refused |= {refused[0] for refused in self._writing.refused}
            self._refused |= {refused[0] for refused in self._filling.refused}
        slots = self._host(host, 0).slots
        return slots is None or slot in slots or announcement_id in self._refused

    def floor(self, host: bytes) -> Floor | None:
        self._count_hosts_anew()
        return self._host(host, 0).floor

    def live_registers(self, host: bytes, now: int) -> int:
        state = self._host(host, now)
        if state.live >= rules.MAX_REGISTERS and now >= state.recount_at:
            self.flush().result()  # rare: only when a register of a host with too many expired
            self._hosts.pop(host, None)
            state = self._host(host, now)
        return state.live

    def largest_register(self, host: bytes, now: int) -> tuple[int, int]:
        # Whatever is dropped but not yet deleted lies at or above the floor, all else below it.
        floor = self._host(host, now).floor
        top = floor.slot - 1 if floor and floor.until > now else MAX_SLOT
        row = self._database.row(_LARGEST, (host, rows.slot_key(top), now))
        stored = (rows.slot_of(row[0]), row[1]) if row else (-1, 0)
        return max([stored, *self._pending(host)])

    # --- what was decided

    def record(self, admission: Admission, now: int) -> Future[None]:
        """Remember a decision: at once for the next one; on disk when the future is done."""
        with self._handover:
            if not self._note(admission, now):
                return self._filling.durable or self._writing.durable or _DONE
            overlay = self._filling
            overlay.now = now
            if overlay.durable is None:
                overlay.durable = self._database.submit(self._write, lazy=True)
                overlay.durable.add_done_callback(self._written)
        if len(overlay.changes) + len(overlay.refused) >= MAX_OVERLAY:
            self.flush().exception()  # wait: the disk is slower than the network
        return overlay.durable

    def flush(self) -> Future[None]:
        """A future that is done once everything recorded so far is durable."""
        durable = self._filling.durable
        if durable is None:
            return self._writing.durable or _DONE
        self._database.submit(lambda _: None)  # somebody waits: let the writer not linger
        return durable

    def _note(self, admission: Admission, now: int) -> bool:
        """Put a decision into the overlay; whether there is anything to remember."""
        announcement = admission.signed.announcement
        if admission.outcome is Outcome.FRESH:
            self._keep(admission.signed, now)
            if admission.dropped_slot is not None:
                self._drop(announcement.host, admission.dropped_slot)
        elif admission.outcome in (Outcome.SUPERSEDED, Outcome.OVER_LIMIT):
            self._refuse(admission.signed.id, announcement.expires_at, announcement.register)
        else:
            return False
        if admission.floor is not None:
            self._host(announcement.host, now).floor = self._filling.floors[announcement.host] = (
                admission.floor
            )
        return True

    def _keep(self, signed: SignedAnnouncement, now: int) -> None:
        announcement = signed.announcement
        asked, old = self._asked  # admission asked just now
        if asked != announcement.register:
            old = self.head(*announcement.register)
        state = self._host(announcement.host, now)
        if old is None or old.expires_at <= now:
            state.live += 1
            state.recount_at = min(state.recount_at, announcement.expires_at)
        if old is not None:
            self._refuse(old.id, old.expires_at, announcement.register)
        self._put(
            announcement.register,
            Head(announcement.revision, signed.id, announcement.expires_at),
            signed,
            replaces=old is not None,
        )

    def _drop(self, host: bytes, slot: int) -> None:
        old = self.head(host, slot)
        if old is not None:
            self._refuse(old.id, old.expires_at, (host, slot))
            self._put((host, slot), old, None, replaces=True)
            self._host(host, 0).live -= 1

    def _put(
        self,
        register: tuple[bytes, int],
        head: Head,
        signed: SignedAnnouncement | None,
        *,
        replaces: bool,
    ) -> None:
        overlay = self._filling
        pending = overlay.changes.get(register)
        # One that never reached the table has nothing there to delete.
        replaces = pending.replaces if pending else replaces
        overlay.changes[register] = Change(head, signed, replaces)
        self._note_slot(*register)
        overlay.ids.add(head.id)

    def _note_slot(self, host: bytes, slot: int) -> None:
        state = self._host(host, 0)
        if state.slots is not None:
            state.slots.add(slot)
            if len(state.slots) > MAX_SLOTS:
                state.slots = None

    def _refuse(self, announcement_id: bytes, until: int, register: tuple[bytes, int]) -> None:
        self._filling.ids.add(announcement_id)
        if self._refused is not None:
            self._refused.add(announcement_id)
        self._filling.refused.append(
            (announcement_id, until, register[0], rows.slot_key(register[1]))
        )

    # --- what is remembered

    def head(self, host: bytes, slot: int) -> Head | None:
        """The register's winning revision, up to a day after it expired."""
        change = self._change(host, slot)
        if change is not None:
            return change.standing
        return _head(self._database.rows(_HEAD, (host, rows.slot_key(slot))))

    def _change(self, host: bytes, slot: int) -> Change | None:
        # In this order, since the writer hands over from the first to the second to the table.
        register = (host, slot)
        return self._filling.changes.get(register) or self._writing.changes.get(register)

    def _pending(self, host: bytes) -> list[tuple[int, int]]:
        changes = [*self._writing.changes.items(), *self._filling.changes.items()]
        return [
            (slot, c.head.expires_at) for (whose, slot), c in changes if whose == host and c.signed
        ]

    def _count_hosts_anew(self) -> None:
        """If the log was cut, or a write failed. (What is on its way would not be counted.)"""
        if self._hosts_changed.is_set():
            self.flush().exception()  # waits
            self._hosts_changed.clear()
            self._hosts.clear()

    def _host(self, host: bytes, now: int) -> _Host:
        state = self._hosts.get(host)
        if state is not None:
            self._hosts.move_to_end(host)
            return state
        live, first_expiry, slot, until, held = self._database.rows(_HOST, (host, now))[0]
        floor = None if slot is None else Floor(rows.slot_of(slot), until)
        slots = self._slots(host) if 0 < held <= MAX_SLOTS else None if held else set[int]()
        state = self._hosts[host] = _Host(live, first_expiry or 1 << 62, floor, slots)
        if len(self._hosts) > MAX_HOSTS:
            self._hosts.popitem(last=False)
        return state

    def _slots(self, host: bytes) -> set[int]:
        """Of the table: a host with more on its way to it is still remembered (see MAX_HOSTS)."""
        stored = self._database.rows("SELECT slot FROM register WHERE host = ?", (host,))
        return {rows.slot_of(key) for (key,) in stored}

    # --- on its way to the disk

    def _write(self, connection: apsw.Connection) -> None:
        with self._handover:
            overlay = self._writing = self._filling
            self._filling = Overlay()
        added = write(connection, overlay, self._last_ref)
        self._last_ref += added
        if self._after_write(connection, added, overlay.now):
            self._hosts_changed.set()

    def _written(self, durable: Future[None]) -> None:
        # Also after a failure: what could not be stored is forgotten, and sync brings it again.
        self._writing = Overlay()
        self.failure = durable.exception()
        if self.failure is not None:
            self._hosts_changed.set()
            _log.error("announcements were not stored: %s", self.failure)


def _head(stored: Sequence[Row]) -> Head | None:
    """The head among rows of (revision, id, expires_at); a refused id has no revision."""
    return next((Head(*row) for row in stored if row[0] is not None), None)


_DONE: Future[None] = Future()
_DONE.set_result(None)
_KNOWS = """
    SELECT 1 FROM register WHERE id = ?1 UNION ALL SELECT 1 FROM refused WHERE id = ?1
"""
_HEAD = "SELECT revision, id, expires_at FROM register WHERE host = ?1 AND slot = ?2"
_RECALL = f"{_HEAD} UNION ALL SELECT NULL, id, NULL FROM refused WHERE id = ?3"
_HOST = """
    SELECT count(*) FILTER (WHERE expires_at > ?2), min(expires_at) FILTER (WHERE expires_at > ?2),
        (SELECT slot FROM floor WHERE host = ?1), (SELECT until FROM floor WHERE host = ?1),
        count(*)
    FROM register WHERE host = ?1
"""
_LARGEST = """
    SELECT slot, expires_at FROM register WHERE host = ? AND slot <= ? AND expires_at > ?
    ORDER BY slot DESC LIMIT 1
"""
