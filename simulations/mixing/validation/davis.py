"""The Davis women: our measures on real people at real events, beside networkx and the literature.

A. Davis, B. B. Gardner, M. R. Gardner, "Deep South", 1941: 18 women, 14 events of a season. L. C.
Freeman, "Finding Social Groups: A Meta-Analysis of the Southern Women Data", 2003, finds by the
consensus of 21 analyses two groups: the list's first nine women and its last nine.
"""

from typing import Any

import networkx as nx
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from potluck.simulations.mixing import plots
from potluck.simulations.mixing.intervals import exact, mean_interval
from potluck.simulations.mixing.metrics.mixing import assortativity_of
from potluck.simulations.mixing.scenario import Settings

from .page import Line, Page, near

PAPER = (
    "Davis, Gardner and Gardner 1941, Deep South; Freeman 2003, Finding Social Groups: A"
    " Meta-Analysis"
)
GROUP = np.repeat([0, 1], 9)
Floats = NDArray[np.float64]


class Davis(Settings, frozen=True):
    """Random seasons with the same margins, for the level of chance."""

    permutations: int = 200


def attendance(graph: Any) -> Floats:
    """Women by events, 1 where she went."""
    women = [node for node, kind in graph.nodes(data="bipartite") if kind == 0]
    events = [node for node, kind in graph.nodes(data="bipartite") if kind == 1]
    return np.asarray(nx.bipartite.biadjacency_matrix(graph, women, events).toarray(), dtype=float)


def encounters(went: Floats) -> Floats:
    """How often each two women were at the same event."""
    met = went @ went.T
    np.fill_diagonal(met, 0)
    return met


def sorting(met: Floats) -> float:
    """Newman's assortativity of encounters between the two groups, by our own metric."""
    one_hot = np.eye(2)[GROUP]
    return assortativity_of(one_hot.T @ met @ one_hot)


def by_networkx(met: Floats) -> float:
    """The same by networkx, which knows no weights here: an encounter is an edge of its own."""
    graph: Any = nx.MultiGraph()
    graph.add_nodes_from((woman, {"group": int(group)}) for woman, group in enumerate(GROUP))
    for a, b in np.argwhere(np.triu(met)):
        graph.add_edges_from([(int(a), int(b))] * int(met[a, b]))
    return float(nx.attribute_assortativity_coefficient(graph, "group"))


def split(met: Floats) -> NDArray[np.int64]:
    """Two groups by the leading eigenvector of the modularity matrix (Newman 2006)."""
    degree = met.sum(axis=0)
    vectors = np.linalg.eigh(met - np.outer(degree, degree) / degree.sum())[1]
    return (vectors[:, -1] > 0).astype(np.int64)


def shuffled(went: Floats, rng: np.random.Generator) -> Floats:
    """A season at random with the same margins, by curveball trades (Strona et al. 2014)."""
    season = went.astype(bool)
    for _ in range(5 * len(season)):
        a, b = rng.choice(len(season), 2, replace=False)
        differ = np.flatnonzero(season[a] ^ season[b])
        dealt = rng.permutation(differ)
        mine = int(season[a, differ].sum())
        season[a, dealt[:mine]], season[b, dealt[:mine]] = True, False
        season[a, dealt[mine:]], season[b, dealt[mine:]] = False, True
    return season.astype(float)


def run(settings: Davis, seed: int) -> Page:
    """Counts, the two groups, and our assortativity beside networkx's and chance's."""
    went = attendance(nx.davis_southern_women_graph())
    met = encounters(went)
    same = int((split(met) == GROUP).sum())
    agreed = max(same, len(GROUP) - same)
    ours, theirs = sorting(met), by_networkx(met)
    rng = np.random.default_rng(seed)
    chance = [sorting(encounters(shuffled(went, rng))) for _ in range(settings.permutations)]
    above = mean_interval([ours - value for value in chance])
    border = "18 (Pearl is on the border)"
    lines = (
        near("attendances", 89, went.sum(), 0),
        near("pairs of women who met, of 153", 139, (met > 0).sum() / 2, 0),
        Line("women placed as the consensus of 21 analyses", border, exact(agreed), 17, 18),
        near("assortativity of the two groups (networkx's)", theirs, ours, 1e-9),
        Line("assortativity above that of random seasons", "above 0", above, 0.05, 1.0),
    )
    caption = "Assortativity of the women's encounters, and of seasons with the same margins."
    return Page("davis", PAPER, lines, (), _figure(chance, ours), caption)


def _figure(chance: list[float], ours: float) -> Figure:
    figure = plots.new_figure(6.5, 2.8)
    axes = plots.panels_of(figure)[0]
    axes.hist(chance, bins=25, color="0.7", label="random seasons, same margins")
    axes.axvline(ours, color="#D55E00", label="the women of 1936")
    axes.set(xlabel="assortativity of encounters between the two groups", ylabel="seasons")
    axes.legend(frameon=False)
    return figure
