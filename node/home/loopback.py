"""Where the page and the metrics may be served: on this machine only."""

import ipaddress

from potluck.protocol.errors import LocalError


def check_loopback(bind: str) -> tuple[str, int]:
    """Host and port of a loopback HOST:PORT. Raises LocalError for anything else."""
    host, _, port = bind.rpartition(":")
    name = host.strip("[]")
    try:
        own = name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        own = False
    if not (own and port.isascii() and port.isdigit() and int(port) < 65536):
        raise LocalError(
            "cannot serve at {bind}: this is for this machine only, and others could reach it; "
            "write it as 127.0.0.1:8642",
            bind=bind,
        )
    return name, int(port)
