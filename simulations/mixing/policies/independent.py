"""Independent draws: everybody a hand of their own, by one rule or another of what has a turn."""

import numpy as np

from potluck.simulations.mixing.policy_view import Hand, View, shelve
from potluck.simulations.mixing.rng import Stream

from .drawing import alone, draw, lines, versions
from .policy import policy


@policy("Potluck's draw (PROTOCOL.md, Draw): one organiser, one ticket")
def organisers(view: View, rng: Stream, *, ceiling: int = 0) -> Hand:
    """Organisers in random order, one card each, before any gets a second: many posts buy no more
    cards than one, and neither does who brings them. ceiling: cards from one importer; 0: no
    limit."""
    return versions(view, draw(view, view.shelf, rng, ceiling), rng.child(2))


@policy("Potluck's first draw: one host key, one ticket, whoever's events it announces")
def keys(view: View, rng: Stream) -> Hand:
    """Keys in random order, one card each: an importer of a whole town is one of them."""
    return _by_rule(view, rng, "keys")


@policy("a rule that Potluck rejects: whoever bears a name shares its ticket")
def names(view: View, rng: Stream) -> Hand:
    """Organisers by name in random order, one card each, whoever brings what bears the name."""
    return _by_rule(view, rng, "names")


@policy("the random baseline of the recommender literature: uniform over items")
def events(view: View, rng: Stream) -> Hand:
    """All events alike likely: who posts much is seen much."""
    return _by_rule(view, rng, "events")


def _by_rule(view: View, rng: Stream, rule: str) -> Hand:
    hand = draw(view, lines(view, rule), rng)
    return hand if rule == "keys" else versions(view, hand, rng.child(2))


@policy("Potluck's draw with a filter by topic and wild cards (protocol/draw, draw_wild)")
def filtered(view: View, rng: Stream, *, wild: int = 0) -> Hand:
    """By organisers among one's own cluster's events only. wild: cards from the whole deck."""
    hidden = ~(view.unseen & (view.deck.cluster == view.people.cluster[view.lookers, None]))
    hand = alone(view, hidden, rng)
    return with_wild(hand, organisers(view, rng.child(1)), wild)


def with_wild(hand: Hand, drawn: Hand, wild: int) -> Hand:
    """A hand whose last `wild` cards are those drawn, where they are not in it yet."""
    for card in range(max(0, hand.shape[1] - wild), hand.shape[1]):
        new = (drawn[:, card, None] != hand).all(axis=1)
        hand[new, card] = drawn[new, card]
    return hand


@policy("a draw that Potluck does not offer: declared topics can be stuffed")
def topics(view: View, rng: Stream) -> Hand:
    """Declared topics in random order, one event of each."""
    position, column = np.nonzero(view.deck.tags >= 0)
    topic = view.deck.tags[position, column]
    return draw(view, shelve(topic, position, position, np.full(int(topic.max()) + 1, -1)), rng)
