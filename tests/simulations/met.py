"""A run of tables, and the graph of those who met in it."""

from __future__ import annotations

import networkx as nx

from potluck.simulations.mixing.model import play
from potluck.simulations.mixing.record import Record

from .settings import by

RECORD = play(by("tables"), 4)


def graph_of(record: Record) -> nx.Graph[int]:
    """The network of encounters, with groups and meetings."""
    graph: nx.Graph[int] = nx.Graph()
    tables = record.tables
    graph.add_nodes_from((i, {"group": int(g)}) for i, g in enumerate(tables.cluster))
    pairs = zip(
        tables.first.tolist(), tables.second.tolist(), tables.meetings.tolist(), strict=True
    )
    graph.add_weighted_edges_from(pairs)
    return graph
