"""Every operation a person has, written once.

The control socket, the page, the API and the command line all call these functions. Each takes a
`Service` first, then plain values or a form (see forms.py), is async (trio), and returns what JSON
can say. Errors are LocalError and its kinds, with a message for a person.

    events.py     announce, edit, postpone, cancel, withdraw, list, show
    imports.py    calendars in          exports.py    calendars, JSON and bundles out, bundles in
    draws.py      today's hand, and hands beside it from a seed, dice or chance; the plain list
    beyond.py     where to look instead of where nothing is
    witnessed.py  a hand with a friend's word; the deck on paper
    tables.py     tables and their hands
    chosen.py     keep, skip, the bag, saved filters, why       plan.py, dealt.py  what came of it
    revisions.py  what an event said before
    receipts.py   what shows that a hand is right
    daemon.py     status, links, blocks, backup                 peering.py  bans
    leaving.py    a second copy, and leaving for good
    homes.py      making a home and bringing one back (no Service yet)

The rest serves these: forms.py (what a person fills in), words.py and times.py (read it), look.py,
rules.py and dealing.py (a draw, step by step), speech.py (sign, keep, send), cards.py (say it).
"""

from .base import Clock, Connections, Json, Service, open_service

__all__ = ["Clock", "Connections", "Json", "Service", "open_service"]
