"""The store: everything a node remembers, in one SQLite file. Only this package knows SQL."""

from .choices import Choices, JoinedTable
from .deck import Counts, Deck, Order, Position, Within
from .eviction import Bounds
from .hands import FrozenCard, FrozenHand, HandKey, Hands
from .jobs import wait_for
from .organisers import LEFT_BEHIND
from .peer_book import Ban, KnownPeer, PeerBook
from .receipts import ReceiptHead, Receipts, StoredReceipt
from .rows import Entry, Facts
from .store import Store
from .trust import ANYBODY, Block, Met, Trust

__all__ = [
    "ANYBODY",
    "LEFT_BEHIND",
    "Ban",
    "Block",
    "Bounds",
    "Choices",
    "Counts",
    "Deck",
    "Entry",
    "Facts",
    "FrozenCard",
    "FrozenHand",
    "HandKey",
    "Hands",
    "JoinedTable",
    "KnownPeer",
    "Met",
    "Order",
    "PeerBook",
    "Position",
    "ReceiptHead",
    "Receipts",
    "Store",
    "StoredReceipt",
    "Trust",
    "Within",
    "wait_for",
]
