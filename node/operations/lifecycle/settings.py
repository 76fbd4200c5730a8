"""The settings of a home: listed, read, changed, and checked by the code that uses them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from potluck.node.errors import Misconfigured
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.home.loopback import check_loopback
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.forms import SiteForm
from potluck.node.operations.service import Json
from potluck.node.operations.sharing.publish import check_site
from potluck.node.transport.multiaddrs import listen_parts, read
from potluck.protocol.errors import Invalid, LocalError, NotFound
from potluck.protocol.message import Message
from potluck.protocol.network import Network


def listed(path: Path) -> list[Json]:
    """Every setting: [{name, value, default, why}]. Raises NotFound, Misconfigured."""
    config = Home.open(path).config
    return [_setting(config, name) for name in _NAMES]


def get(path: Path, name: str) -> Json:
    """One setting, as in `listed`. Raises NotFound."""
    return _setting(Home.open(path).config, _known(name))


def change(path: Path, name: str, values: Sequence[str]) -> Json:
    """Set one, written as a person does; as `get`. Raises NotFound, Unfit, Refused.

    A node that runs takes it up when it starts again.
    """
    home, field = Home.open(path), _NAMES[_known(name)]
    try:
        value = _read(values, getattr(Config(), field))
    except LocalError as error:
        raise Misconfigured("{name}: {error}", name=name, error=error) from None
    try:
        config = replace(home.config, **{field: value})
    except LocalError as error:  # which names the setting
        raise Misconfigured(error.message) from None
    for faulty, why in faults(config):
        if faulty == name:
            raise Misconfigured("{name}: {why}", name=name, why=why)
    return _setting(home.save(config).config, name)


def faults(config: Config) -> Iterator[tuple[str, Message]]:
    """Each setting that the code which uses it does not take, and why."""
    for name, check in CHECKS.items():
        try:
            check(config)
        except (LocalError, Invalid) as error:
            yield name, error.message


def check_all(config: Config) -> None:
    """Raises Misconfigured for the first setting that the code which uses it does not take."""
    for name, why in faults(config):
        raise Misconfigured("{name}: {why}; see: potluck config set {name}", name=name, why=why)


def _each(name: str, check: Callable[[str], object]) -> Callable[[Config], None]:
    def every(config: Config) -> None:
        for value in getattr(config, name):
            check(value)

    return every


def _network(config: Config) -> None:
    Network(config.network_name, config.stamp_bits)


def _loopback(name: str) -> Callable[[Config], None]:
    def check(config: Config) -> None:
        if address := getattr(config, name):
            check_loopback(address)

    return check


def _spot(config: Config) -> None:
    spot_of(config.site_near or None, config.site_at or None)


def _of_site(name: str) -> Callable[[Config], None]:
    def check(config: Config) -> None:
        check_site(SiteForm(**{name: getattr(config, f"site_{name}") or None}))

    return check


_NAMES: Mapping[str, str] = {each.metadata["key"]: each.name for each in fields(Config)}
CHECKS: Mapping[str, Callable[[Config], None]] = {
    "network.name": _network,
    "network.stamp_bits": _network,
    "node.listen": _each("listen", listen_parts),
    "node.bootstrap": _each("bootstrap", read),
    "node.relays": _each("relays", read),
    "node.web": _loopback("web"),
    "node.metrics": _loopback("metrics"),
    "publish.near": _spot,
    "publish.at": _spot,
    **{f"publish.{name}": _of_site(name) for name in ("title", "mail", "base", "language")},
}
"""Beside types and bounds, which Config checks itself."""


def _known(name: str) -> str:
    if name not in _NAMES:
        raise NotFound("there is no setting {name}; see: potluck config list", name=name)
    return name


def _setting(config: Config, name: str) -> Json:
    value, default = getattr(config, _NAMES[name]), getattr(Config(), _NAMES[name])
    why = next(each.metadata["why"] for each in fields(Config) if each.metadata["key"] == name)
    return {"name": name, "value": _plain(value), "default": _plain(default), "why": why}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _read(values: Sequence[str], default: Any) -> Any:
    """What was typed, as the kind of value that the setting has. Raises LocalError."""
    if isinstance(default, tuple):
        return tuple(values)
    if len(values) != 1:
        raise LocalError("give one value")
    (text,) = values
    if isinstance(default, bool):
        if text not in ("true", "false"):
            raise LocalError("write it as true or false")
        return text == "true"
    if isinstance(default, int):
        if not text.isascii() or not text.isdigit():
            raise LocalError("{text!r} is no whole number", text=text)
        return int(text)
    return text
