"""Whether another node runs with the keys of this one, which a copied home does."""

from collections.abc import Iterable

from .peer_record import PeerRecord


class SameKey:
    """Tells the records of another node with our key from our own, which come back to us.

    Records of an earlier run come back too: only one that was signed since this run began (UTC
    seconds) and names an address that was never ours is another node's.
    """

    def __init__(self, began: float) -> None:
        self._began = began
        self._ours: set[str] = set()
        self.elsewhere: tuple[str, ...] = ()
        """Where the other node is; empty while there is none known."""

    def note(self, at: Iterable[str]) -> None:
        """We tell others that we are at these addresses."""
        self._ours.update(at)

    def hear(self, record: PeerRecord) -> bool:
        """Look at a record of our own key; whether it is the first that another node signed."""
        at = tuple(address.text for address in record.addresses)
        if record.issued_at <= self._began or self._ours.issuperset(at):
            return False
        first, self.elsewhere = not self.elsewhere, at
        return first
