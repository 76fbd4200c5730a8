"""What shows of the home and the machine: versions, keys and modes, disk, ports, settings."""

import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from potluck.node import limits
from potluck.node.home.config import Config
from potluck.node.home.files import is_read_only
from potluck.node.home.home import Home
from potluck.node.operations.lifecycle.settings import faults
from potluck.node.operations.service import Service
from potluck.node.transport import multiaddrs as addresses
from potluck.protocol.errors import LocalError
from potluck.protocol.message import Message as _

from .finding import Finding, bad, good, note
from .version import in_full

LOW_DISK = 200 * limits.MIB


def versions() -> Finding:
    return good(
        "versions",
        _(
            "Potluck {potluck}, libp2p {libp2p}, SQLite {sqlite}, Python {python}",
            potluck=in_full(),
            libp2p=version("libp2p"),
            sqlite=version("apsw").rpartition(".")[0],
            python=platform.python_version(),
        ),
    )


def home(path: Path) -> Finding:
    try:
        home = Home.open(path)
        if os.name == "posix" and path.stat().st_uid != os.geteuid():
            return bad(
                "home",
                _("belongs to another account"),
                _("run as that one, or: chown -R $USER {path}", path=path),
            )
        place = home.socket_path
    except LocalError as error:
        return bad("home", error.message)
    if place.parent != path:
        return good(
            "home", _("is yours alone; its path is long, so its socket is {place}", place=place)
        )
    return good("home", _("is yours alone"))


def disk(path: Path) -> Finding:
    near = next(folder for folder in (path, *path.parents) if folder.exists())
    if is_read_only(near):
        return bad(
            "disk",
            _("can only be read"),
            _("see to it, and keep a copy elsewhere: potluck home backup FILE"),
        )
    free = shutil.disk_usage(near).free
    says = _("{free:,.0f} MB free", free=free / limits.MIB)
    if free < LOW_DISK:
        return bad("disk", says, _("free some space; when there is none, nothing new is kept"))
    return good("disk", says)


def ports(service: Service) -> Finding:
    listen = service.home.config.listen
    try:
        for address in addresses.listenable(listen):
            addresses.check_listen(address)
    except LocalError as error:
        return bad("ports", error.message, _("correct listen in config.toml"))
    if not addresses.ports(listen):
        return note(
            "ports",
            _("are others at each start, so that links to this node end with the next"),
            _("choose one: potluck config set node.listen /ip4/0.0.0.0/tcp/4001"),
        )
    return good("ports", _("are free"))


def settings(config: Config) -> Finding:
    """Each setting, looked at by the code that uses it."""
    for name, why in faults(config):
        correct = _("correct it: potluck config set {name}", name=name)
        return bad("settings", _("{name}: {why}", name=name, why=why), correct)
    return good("settings", _("fit"))
