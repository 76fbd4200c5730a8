"""What the person chose, and stays here: cards kept and skipped, filters, tables."""

from __future__ import annotations

from dataclasses import dataclass

from . import rows
from .part import Part


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """A table this home sits at: its link (protocol.table), and whether it came with the
    network."""

    name: str
    link: str
    is_default: bool


class Choices(Part):
    """The choices of this home."""

    # --- cards

    async def choose(self, host: bytes, slot: int, *, kept: bool, now: int) -> None:
        """Keep a card, or skip it."""
        sql = "INSERT OR REPLACE INTO choice (host, slot, kept, made_at) VALUES (?, ?, ?, ?)"
        await self._database.change(sql, (host, rows.slot_key(slot), int(kept), now))

    async def forget(self, host: bytes, slot: int) -> bool:
        """Neither keep nor skip it; whether there was a choice."""
        sql = "DELETE FROM choice WHERE host = ? AND slot = ? RETURNING 1"
        return bool(await self._database.change(sql, (host, rows.slot_key(slot))))

    def kept(self) -> list[tuple[bytes, int]]:
        """The registers kept, the latest first."""
        return self._chosen(1)

    def skipped(self) -> list[tuple[bytes, int]]:
        """The registers skipped, the latest first."""
        return self._chosen(0)

    def _chosen(self, kept: int) -> list[tuple[bytes, int]]:
        sql = "SELECT host, slot FROM choice WHERE kept = ? ORDER BY made_at DESC, host, slot"
        return [(host, rows.slot_of(key)) for host, key in self._database.rows(sql, (kept,))]

    # --- filters

    async def save_filters(self, name: str, body: str) -> None:
        """Remember filters (JSON) under a name."""
        await self._database.change(
            "INSERT OR REPLACE INTO filters (name, body) VALUES (?, ?)", (name, body)
        )

    async def forget_filters(self, name: str) -> bool:
        """Forget them; whether there were any."""
        return bool(
            await self._database.change("DELETE FROM filters WHERE name = ? RETURNING 1", (name,))
        )

    def filters(self) -> dict[str, str]:
        """All saved filters by name."""
        return dict(self._database.rows("SELECT name, body FROM filters ORDER BY name"))

    # --- tables

    async def join_table(self, table: JoinedTable) -> None:
        """Sit down at a table, in place of one of the same name."""
        row = (table.name, table.link, int(table.is_default))
        await self._database.change(
            "INSERT OR REPLACE INTO joined (name, link, is_default) VALUES (?, ?, ?)", row
        )

    async def leave_table(self, name: str) -> bool:
        """Leave a table; whether one was joined."""
        return bool(
            await self._database.change("DELETE FROM joined WHERE name = ? RETURNING 1", (name,))
        )

    def tables(self) -> list[JoinedTable]:
        """The tables joined, by name."""
        found = self._database.rows("SELECT name, link, is_default FROM joined ORDER BY name")
        return [JoinedTable(name, link, bool(default)) for name, link, default in found]

    # --- notes

    async def note(self, name: str, body: str) -> None:
        """Remember a text under a name."""
        await self._database.change(
            "INSERT OR REPLACE INTO note (name, body) VALUES (?, ?)", (name, body)
        )

    def noted(self, name: str) -> str | None:
        """The text of that name."""
        row = self._database.row("SELECT body FROM note WHERE name = ?", (name,))
        return row[0] if row else None
