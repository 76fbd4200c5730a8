"""The first nodes of the open network, as this release carries them (bootstrap.txt)."""

from functools import cache
from importlib.resources import files

from potluck.protocol.network import Network

from .config import Config


def first_peers(network: Network) -> tuple[str, ...]:
    """Multiaddrs of nodes to dial first in this network; none for a network of one's own."""
    return _released() if network.id == _open_network().id else ()


@cache
def _released() -> tuple[str, ...]:
    return read_list(files(__package__).joinpath("bootstrap.txt").read_text("utf-8"))


def read_list(text: str) -> tuple[str, ...]:
    """The addresses in a list of them: one a line, # begins a comment."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)


def _open_network() -> Network:
    default = Config()
    return Network(default.network_name, default.stamp_bits)
