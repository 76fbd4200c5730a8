"""The first nodes that a release carries."""

from __future__ import annotations

import pytest

from potluck.node.home import bootstrap
from potluck.node.home.bootstrap import first_peers, read_list
from potluck.node.transport.multiaddrs import read
from potluck.protocol.network import Network


def test_a_list_is_an_address_a_line_and_may_be_empty() -> None:
    assert read_list("# none yet\n\n") == ()
    assert read_list("/ip4/192.0.2.1/tcp/1/p2p/a  # Ada's\n /dns/b/tcp/2/p2p/b\n") == (
        "/ip4/192.0.2.1/tcp/1/p2p/a",
        "/dns/b/tcp/2/p2p/b",
    )


def test_it_is_for_the_open_network_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "_released", lambda: ("/dns/b/tcp/2/p2p/b",))
    assert first_peers(Network("potluck")) == ("/dns/b/tcp/2/p2p/b",)
    assert first_peers(Network("potluck", 4)) == first_peers(Network("town")) == ()


def test_the_list_of_this_release_can_be_dialled() -> None:
    for address in first_peers(Network("potluck")):
        read(address)
