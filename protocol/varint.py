"""Numbers and bytes as negentropy writes them, and a reader that fails only by RemoteError."""

from .errors import RemoteError

_MAX_VARINT = 2**64 - 1


def encode_varint(number: int) -> bytes:
    """Base 128, most significant group first, high bit on all bytes but the last, shortest form."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


class Reader:
    """A cursor over a peer's message."""

    def __init__(self, message: bytes) -> None:
        self._message = message
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._message) - self._at

    def take(self, length: int) -> bytes:
        if length > self.left:
            raise malformed("it ends early")
        self._at += length
        return self._message[self._at - length : self._at]

    def varint(self) -> int:
        """The next number, at most a u64."""
        number = 0
        while True:
            byte = self.take(1)[0]
            if number == 0 and byte == 0x80:
                raise malformed("a number is not in its shortest form")
            number = number << 7 | byte & 0x7F
            if number > _MAX_VARINT:
                raise malformed("a number is larger than 64 bits")
            if byte < 0x80:
                return number


def malformed(why: str) -> RemoteError:
    """The error of a reconciliation message that no conforming peer could send."""
    return RemoteError("reconcile", "a malformed reconciliation message: {why}", why=why)
