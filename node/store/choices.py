"""What the person chose, and stays here: cards kept and skipped, filters, tables."""

from dataclasses import dataclass

from . import rows
from .part import Part


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """A table this home sits at: its link, and whether it came with the network."""

    name: str
    link: str
    is_default: bool


class Choices(Part):
    """The choices of this home."""

    # --- cards

    async def choose(self, host: bytes, slot: int, *, kept: bool, now: int) -> None:
        """Keep a card, or skip it."""
        await self._database.put("choice", host, rows.slot_key(slot), int(kept), now)

    async def forget(self, host: bytes, slot: int) -> bool:
        """Neither keep nor skip it; whether there was a choice."""
        return await self._database.remove("choice", host=host, slot=rows.slot_key(slot))

    def kept(self) -> list[tuple[bytes, int]]:
        """The registers, the latest first."""
        return self._chosen(1)

    def skipped(self) -> list[tuple[bytes, int]]:
        """The same."""
        return self._chosen(0)

    def _chosen(self, kept: int) -> list[tuple[bytes, int]]:
        sql = "SELECT host, slot FROM choice WHERE kept = ? ORDER BY made_at DESC, host, slot"
        return [(host, rows.slot_of(key)) for host, key in self._database.rows(sql, (kept,))]

    # --- filters, as JSON

    async def save_filters(self, name: str, body: str) -> None:
        await self._database.put("filters", name, body)

    async def forget_filters(self, name: str) -> bool:
        return await self._database.remove("filters", name=name)

    def filters(self) -> dict[str, str]:
        return dict(self._database.rows("SELECT name, body FROM filters ORDER BY name"))

    # --- tables

    async def join_table(self, table: JoinedTable) -> None:
        """Sit down at a table, in place of one of the same name."""
        await self._database.put("joined", table.name, table.link, int(table.is_default))

    async def leave_table(self, name: str) -> bool:
        return await self._database.remove("joined", name=name)

    def tables(self) -> list[JoinedTable]:
        found = self._database.rows("SELECT name, link, is_default FROM joined ORDER BY name")
        return [JoinedTable(name, link, bool(default)) for name, link, default in found]

    # --- texts by name

    async def note(self, name: str, body: str) -> None:
        await self._database.put("note", name, body)

    def noted(self, name: str) -> str | None:
        row = self._database.row("SELECT body FROM note WHERE name = ?", (name,))
        return row[0] if row else None
