"""A ledger in a few dictionaries: what a node's store must be equivalent to."""

from __future__ import annotations

from potluck.protocol.admission import Admission, Floor, Head, Outcome, admit
from potluck.protocol.network import Network
from potluck.protocol.wire import decode


class MemoryLedger:
    def __init__(self, network: Network) -> None:
        self.network = network
        self.ids: set[bytes] = set()
        self.heads: dict[tuple[bytes, int], Head] = {}
        self.floors: dict[bytes, Floor] = {}

    def offer(self, encoded: bytes, now: int) -> Admission:
        """Admit and remember."""
        signed = decode(encoded)
        admission = admit(signed, self.network, self, now, signed.has_valid_signature)
        host, slot = signed.announcement.register
        if admission.dropped_slot is not None:
            del self.heads[host, admission.dropped_slot]
        if admission.floor is not None:
            self.floors[host] = admission.floor
        if admission.outcome is Outcome.FRESH:
            announcement = signed.announcement
            self.heads[host, slot] = Head(announcement.revision, signed.id, announcement.expires_at)
        if admission.outcome in {Outcome.FRESH, Outcome.SUPERSEDED, Outcome.OVER_LIMIT}:
            self.ids.add(signed.id)
        return admission

    def forget(self, expired_by: int) -> None:
        """Let go of the heads that expired by then."""
        self.heads = {
            register: head for register, head in self.heads.items() if head.expires_at > expired_by
        }

    def held(self, now: int) -> set[bytes]:
        """The ids that are live."""
        return {head.id for head in self.heads.values() if head.expires_at > now}

    def recall(self, announcement_id: bytes, host: bytes, slot: int) -> tuple[bool, Head | None]:
        return announcement_id in self.ids, self.heads.get((host, slot))

    def floor(self, host: bytes) -> Floor | None:
        return self.floors.get(host)

    def live_registers(self, host: bytes, now: int) -> int:
        return sum(key == host and head.expires_at > now for (key, _), head in self.heads.items())

    def largest_register(self, host: bytes, now: int) -> tuple[int, int]:
        return max(
            (slot, head.expires_at)
            for (key, slot), head in self.heads.items()
            if key == host and head.expires_at > now
        )
