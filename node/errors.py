"""Errors that only a node has, beside those of potluck.protocol.errors."""

from potluck.protocol.errors import LocalError


class Unfit(LocalError):
    """What was filled in under `field` does not fit: `message` says why."""

    def __init__(self, field: str, template: str, /, **values: object) -> None:
        super().__init__(template, **values)
        self.field: str = field

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


class Misconfigured(LocalError):
    """A setting or a file of the home is wrong: trying again without mending it does not help."""


class InUse(LocalError):
    """
    Another process has the store: a node, perhaps `starting` and soon to answer, or a command.
    """

    def __init__(self, template: str, /, *, starting: bool = False, **values: object) -> None:
        super().__init__(template, **values)
        self.starting = starting
