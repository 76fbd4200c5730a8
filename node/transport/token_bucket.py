"""Token buckets: a rate with room for bursts."""

from collections import OrderedDict
from typing import Generic, TypeVar

Key = TypeVar("Key")


class Bucket:
    """Holds at most `burst` tokens and gains `rate` a second."""

    __slots__ = ("_burst", "_rate", "_tokens", "_updated")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._updated = now

    def take(self, amount: float, now: float) -> float:
        """Take the tokens, into debt if need be; the seconds until the debt is paid."""
        self._refill(now)
        self._tokens -= amount
        return max(0.0, -self._tokens / self._rate)

    def take_if_there(self, amount: float, now: float) -> bool:
        """Take the tokens if there are enough."""
        self._refill(now)
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True

    def _refill(self, now: float) -> None:
        passed = max(
            0.0, now - self._updated
        )  # a clock that was ahead and is set right costs nothing
        self._tokens = min(self._burst, self._tokens + passed * self._rate)
        self._updated = now


class Buckets(Generic[Key]):
    """A bucket for each key, of the last `capacity` keys that asked."""

    def __init__(self, rate: float, burst: float, capacity: int) -> None:
        self._rate = rate
        self._burst = burst
        self._capacity = capacity
        self._of: OrderedDict[Key, Bucket] = OrderedDict()

    def take_if_there(self, key: Key, now: float) -> bool:
        """Take a token of the key's bucket if there is one."""
        return self._bucket(key, now).take_if_there(1, now)

    def take(self, key: Key, amount: float, now: float) -> float:
        """As `Bucket.take`, of the key's."""
        return self._bucket(key, now).take(amount, now)

    def _bucket(self, key: Key, now: float) -> Bucket:
        bucket = self._of.pop(key, None) or Bucket(self._rate, self._burst, now)
        self._of[key] = bucket
        if len(self._of) > self._capacity:
            self._of.popitem(last=False)
        return bucket
