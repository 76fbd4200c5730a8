"""Where the page, the site and the metrics are served."""

import ipaddress

from potluck.node.errors import Misconfigured
from potluck.protocol.errors import LocalError


def host_and_port(bind: str) -> tuple[str, int]:
    """The two parts of HOST:PORT. Raises Misconfigured."""
    host, _, port = bind.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65536):
        raise Misconfigured(
            "cannot serve at {bind}: that is no HOST:PORT; write it as 127.0.0.1:8642", bind=bind
        )
    return host.strip("[]"), int(port)


def check_loopback(bind: str) -> tuple[str, int]:
    """Host and port of a loopback HOST:PORT. Raises LocalError for anything else."""
    name, port = host_and_port(bind)
    try:
        own = name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        own = False
    if not own:
        raise LocalError(
            "cannot serve at {bind}: this is for this machine only, and others could reach it; "
            "write it as 127.0.0.1:8642",
            bind=bind,
        )
    return name, port
