"""Write link.json: `python -m tests.vectors.generate_link`.

Links of tables and of networks. Explained in PROTOCOL.md, "Test vectors".
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from potluck.protocol import link
from potluck.protocol.network import Network
from potluck.protocol.table import Table
from tests.vectors.worlds import digest

FILE = Path(__file__).with_name("link.json")
TABLE = Table("Café Größenwahn", digest("table"), "Europe/Berlin", 52.52, -13.40512, 2.5, 14, 5)
TABLES = {
    "usual": TABLE,
    "least": Table("t", bytes(32), "UTC", 0, 0, 0.001, 1, 1),
    "most": Table(
        "東" * 64, b"\xff" * 32, "America/Indiana/Indianapolis", -90, 180, 20_040, 366, 50
    ),
}
PEERS = tuple(
    f"/ip4/192.0.2.{n}/tcp/4001/p2p/12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X"
    for n in (1, 2)
)
INVITATIONS = {
    "open": link.Invitation(Network("Nachbarschaft Süd", 22)),
    "closed": link.Invitation(Network("school", 16, digest("network")), PEERS, TABLE),
}


def vectors() -> dict[str, Any]:
    """Links of tables and of networks, and texts that are none."""
    usual = link.format_table(TABLE)
    return {
        "tables": [
            {
                "name": table.name,
                "secret": table.secret.hex(),
                "tz": table.tz,
                "place": [table.lat, table.lon, table.km],
                "days": table.days,
                "hand": table.hand,
                "link": link.format_table(table),
            }
            for table in TABLES.values()
        ],
        "invitations": [
            {
                "name": invitation.network.name,
                "stamp_bits": invitation.network.stamp_bits,
                "secret": invitation.network.secret.hex() if invitation.network.secret else None,
                "peers": list(invitation.peers),
                "table": link.format_table(invitation.table) if invitation.table else None,
                "link": link.format_invitation(invitation),
            }
            for invitation in INVITATIONS.values()
        ],
        "taken": [
            {"text": text, "as": usual}
            for text in (
                usual.replace("&days=14", "").replace("?n=", "?days=14&n="),
                usual.replace(link.base32(TABLE.secret), link.base32(TABLE.secret).lower()),
                usual.replace("%C3%A9%20", "%c3%a9 ").replace("%C3%B6", "ö"),
                usual.replace("Europe/Berlin", "Europe%2FBerl%69n").replace("hand=5", "hand=%35"),
            )
        ],
        "refused": [
            "",
            "potluck:",
            "potluck:table?",
            "https://potluck.example/table?n=x",
            usual + "&hand=5",
            usual + "&colour=red",
            usual.replace("&days=14", ""),
            usual.replace("km=2.5", "km=2.50"),
            usual.replace("km=2.5", "km=2.5e0"),
            usual.replace("km=2.5", "km=nan"),
            usual.replace("lat=52.52", "lat=152.52"),
            usual.replace("lat=52.52", "lat=+52.52"),
            usual.replace("lat=52.52", "lat=52.520001"),
            usual.replace("days=14", "days=014"),
            usual.replace("&hand=", "&by=hosts&hand="),
            usual.replace("hand=5", "hand=0"),
            usual.replace("%C3", "%C"),
            usual.replace("%C3%A9", "%E9"),
            usual.replace("&k=", "&k=A"),
            usual.replace("N6Q&", "N6R&"),
            usual.replace("KYBYXI", "KYBYX\u0131"),
            usual.replace("&days=14", "&days"),
            usual.replace("&hand=", "&h%61nd="),
            usual.replace("potluck:", "POTLUCK:"),
            usual.replace("km=2.5", "km=.5"),
            usual.replace("km=2.5", "km=0"),
            usual.replace("lat=52.52", "lat=-0"),
            usual.replace("tz=Europe", "tz=/Europe"),
            usual.replace("n=Caf", "n=%20Caf"),
            "potluck:network?n=x&b=41",
            "potluck:network?n=x&b=22" + "&peer=/ip4/192.0.2.1/tcp/1/p2p/Q" * 9,
            "potluck:network?n=x",
            "potluck:network?n=x&b=22&peer=nowhere",
            "potluck:network?n=x&b=22&table=potluck:network%3Fn%3Dx%26b%3D22",
        ],
    }


if __name__ == "__main__":
    text = json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"
    FILE.write_text(text, encoding="utf-8")
