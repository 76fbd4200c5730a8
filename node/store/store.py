"""A node's store: one file, opened whole, its parts side by side."""

from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Self, TypeVar

import apsw

from .choices import Choices
from .database import Database
from .deck import Deck
from .eviction import Bounds, Upkeep
from .feeds import Feeds
from .hands import Hands
from .ledger import StoredLedger
from .memory_database import MemoryDatabase
from .peer_book import PeerBook
from .receipts import Receipts
from .trust import Trust

T = TypeVar("T")
_READ_ASIDE = ("deck", "hands", "receipts", "choices", "trust", "feeds")


class Store:
    """Everything a node remembers, locked for this process until closed. A context manager.

    `ledger` decides and takes announcements in (only intake uses it), `deck` reads them; `upkeep`
    lets go of what is expired or too much; `hands` holds draws, `receipts` their receipts,
    `choices` what the person chose, `trust` vouches and blocks, `feeds` the calendars imported,
    `peers` the address book and bans.
    """

    def __init__(self, path: Path, bounds: Bounds) -> None:
        """Raises LocalError: in use, damaged, too new, or the disk's fault."""
        self._take_up(Database(path), bounds)

    @classmethod
    def in_memory(cls, bounds: Bounds) -> Self:
        """A store that is not kept, and has no threads: for laboratories."""
        store = cls.__new__(cls)
        store._take_up(MemoryDatabase(), bounds)  # noqa: SLF001 - its own
        return store

    def after_crash(self) -> Self:
        """The same store in memory as the next process finds it: only what is durable."""
        if not isinstance(self.database, MemoryDatabase):
            raise TypeError("a store with a file is opened again")
        self.database.forget_waiting()
        store = self.__class__.__new__(self.__class__)
        store._take_up(self.database, self._bounds)  # noqa: SLF001 - its own
        return store

    def _take_up(self, database: Database, bounds: Bounds) -> None:
        self.database = database
        self._bounds = bounds
        try:
            self.upkeep = Upkeep(self.database, bounds)
            self.ledger = StoredLedger(self.database, self.upkeep.after_write)
            self.deck = Deck(self.database)
            self.hands = Hands(self.database)
            self.receipts = Receipts(self.database)
            self.choices = Choices(self.database)
            self.trust = Trust(self.database)
            self.feeds = Feeds(self.database)
            self.peers = PeerBook(self.database)
        except BaseException:
            self.database.close()
            raise

    async def aside(self, work: Callable[[Self], T]) -> T:
        """Have what takes more than a few ms done in a thread, with a store that only reads."""

        def read(connection: apsw.Connection) -> T:
            store, database = copy(self), self.database.reading_by(connection)
            for name in _READ_ASIDE:
                setattr(store, name, getattr(self, name).over(database))
            return work(store)

        return await self.database.scan(read)

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
