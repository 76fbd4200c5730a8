"""Which network an announcement belongs to, and the seal of a closed one."""

from dataclasses import dataclass, field
from hashlib import blake2b

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from . import canonical
from .errors import Invalid, RemoteError
from .text import check_line

ID_BYTES = 16
SECRET_BYTES = 32
NONCE_BYTES = SecretBox.NONCE_SIZE
SEAL_OVERHEAD = SecretBox.NONCE_SIZE + SecretBox.MACBYTES
MAX_NAME = 64
MAX_STAMP_BITS = 40


@dataclass(frozen=True, slots=True)
class Network:
    """A network: its name, the bits its birth stamps must have, and the secret of a closed one.

    `id` binds announcements, stamps, the gossip topic and sync to this network.
    """

    name: str
    stamp_bits: int = 22
    secret: bytes | None = field(default=None, repr=False)
    id: bytes = field(init=False)
    _box: SecretBox | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_line("the network's name", self.name, MAX_NAME)
        if type(self.stamp_bits) is not int or not 0 <= self.stamp_bits <= MAX_STAMP_BITS:
            raise Invalid(
                "stamp bits must be between 0 and {max_stamp_bits}", max_stamp_bits=MAX_STAMP_BITS
            )
        if self.secret is not None and len(self.secret) != SECRET_BYTES:
            raise Invalid("a network's secret has {secret_bytes} bytes", secret_bytes=SECRET_BYTES)
        secret = self.secret or b""
        named = canonical.pack([self.name, self.stamp_bits])
        digest = blake2b(named, digest_size=32, key=secret, person=b"potluck.network").digest()
        network_id = digest[:ID_BYTES]
        object.__setattr__(self, "id", network_id)
        object.__setattr__(self, "_box", _box(network_id, self.secret))

    @property
    def topic(self) -> str:
        return f"/potluck/1/{self.id.hex()}"

    @property
    def closed(self) -> bool:
        return self.secret is not None

    def seal(self, payload: bytes, nonce: bytes) -> bytes:
        """The payload as it travels: as it is in an open network, else nonce + secretbox.

        `nonce` is 24 random bytes, never used twice.
        """
        if self._box is None:
            return payload
        return bytes(self._box.encrypt(payload, nonce))

    def open(self, payload: bytes) -> bytes:
        """What was sealed; raises RemoteError if the sender did not know the secret."""
        if self._box is None:
            return payload
        try:
            return self._box.decrypt(payload)
        except (CryptoError, ValueError):
            words = "a payload was not sealed with this network's secret"
            raise RemoteError("seal", words) from None


def _box(network_id: bytes, secret: bytes | None) -> SecretBox | None:
    if secret is None:
        return None
    key = blake2b(network_id, digest_size=32, key=secret, person=b"potluck.seal").digest()
    return SecretBox(key)
