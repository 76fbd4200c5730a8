"""Every error says whose fault it is.

`LocalError` is yours: its message says what to do next. `RemoteError` is a peer's: it is counted
against the peer, and costs it at most its own connection. (The split follows h11's
LocalProtocolError and RemoteProtocolError.)
"""

from .message import Message


class Worded(Exception):
    """An error that can be said in any language: NotFound("no home in {path}", path=path)."""

    def __init__(self, template: str = "", /, **values: object) -> None:
        self.message = Message(template, **values)
        super().__init__(self.message)


class PotluckError(Worded):
    """The base of all errors that Potluck raises on purpose."""


class LocalError(PotluckError):
    """Something on this side is wrong; the message says what to do next."""

    field: str | None = None
    """What a person filled in that it is about, where that is known."""


class NotFound(LocalError):
    """What was named does not exist here."""


class Refused(LocalError):
    """A rule of the network, or one that the person set, does not allow it."""


class NodeNotRunning(LocalError):
    """The operation needs a running node, and there is none."""


class VerificationFailed(LocalError):
    """A receipt, signature or file does not prove what it claims."""


class RemoteError(PotluckError):
    """A peer sent bytes that no conforming peer could send.

    `reason` is a short stable word, such as "undecodable" or "signature", for counting.
    """

    def __init__(self, reason: str, template: str, /, **values: object) -> None:
        super().__init__(template, **values)
        self.reason = reason


class Invalid(Worded, ValueError):
    """A protocol value was constructed from parts that do not fit its rules.

    The wire turns it into a RemoteError, the service into a LocalError: only they know whose
    fault it is.
    """
