"""What the parts of a store have in common."""

from copy import copy
from typing import Self

from .database import Database


class Part:
    """A part of the store. Its reads that are no coroutines are point reads on the calling thread,
    but in `Store.aside`; its writes are durable when they return."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def over(self, database: Database) -> Self:
        """The same part, which reads there."""
        part = copy(self)
        part._database = database  # noqa: SLF001 - its own
        return part
