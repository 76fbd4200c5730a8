"""What shows of a running node: where it listens, its peers and relays, sync, the clock."""

from potluck.node import limits
from potluck.node.operations.service import Health, Service
from potluck.protocol.admission import MAX_AHEAD
from potluck.protocol.message import Message as _

from .finding import Finding, ago, bad, good, note, span

LATE_SYNCS = 3
"""Intervals without a repair, while there are peers, that are too many."""


def listening(at: list[str]) -> Finding:
    if not at:
        return bad("ports", _("nobody listens"), _("start the node again with --listen"))
    return good(
        "ports", _("listens at {number}: {addresses}", number=len(at), addresses=", ".join(at))
    )


def same_key(health: Health) -> list[Finding]:
    if not health.same_key:
        return []
    says = _("another node runs with the keys of this one, at {where}", where=health.same_key[0])
    return [bad("keys", says, _("stop one of the two: potluck stop"))]


def networks(health: Health) -> list[Finding]:
    """Peers that are connected in vain."""
    if not health.elsewhere:
        return []
    says = _(
        "{peers} of the peers connected are of {other}",
        peers=len(health.elsewhere),
        other=health.elsewhere[0],
    )
    return [note("networks", says, _("part with them: potluck peers disconnect ID"))]


def peers(health: Health) -> Finding:
    if health.connected:
        return good(
            "peers",
            _(
                "connected with {connected} of {known} known",
                connected=health.connected,
                known=health.known,
            ),
        )
    if health.known:
        return bad(
            "peers",
            _("none of the {known} known can be reached", known=health.known),
            _(
                "see to your internet connection, or ask a friend for a fresh link: potluck "
                "join 'LINK'"
            ),
        )
    return note("peers", _("knows nobody yet"), _("ask a friend for a link: potluck join 'LINK'"))


def reachable(health: Health, dialled_back: list[bool]) -> Finding:
    remedy = _(
        "open the port in your router to be reached; all works without, as long as others can be"
    )
    if any(dialled_back):
        says = _(
            "{reached} of {asked} peers asked could dial this node",
            reached=sum(dialled_back),
            asked=len(dialled_back),
        )
        return good("reachability", says)
    if health.came_in:
        says = _(
            "{came_in} of {connected} peers dialled this node, so others can reach it",
            came_in=health.came_in,
            connected=health.connected,
        )
        return good("reachability", says)
    if dialled_back:
        says = _("none of {asked} peers asked could dial this node", asked=len(dialled_back))
        return note("reachability", says, remedy)
    return note("reachability", _("no peer that is connected has dialled this node"), remedy)


def relayed(health: Health) -> list[Finding]:
    """Whether the relays that the person named, if any, keep a place for this node."""
    if not health.relays:
        return []
    kept = health.relays.count(None)
    if kept:
        relays = len(health.relays)
        says = _(
            "{kept} of {relays} keep a place for this node, so others can dial it through them",
            kept=kept,
            relays=relays,
        )
        return [good("relays", says)]
    says = _(
        "none of {relays} keeps a place for this node: {why}",
        relays=len(health.relays),
        why=health.relays[0],
    )
    return [bad("relays", says, _("name another relay: potluck up --relay MULTIADDR"))]


def failing(health: Health) -> list[Finding]:
    """Parts of the node that failed, and wait to begin again or have just done so."""
    return [
        bad("parts", _("{name} failed: {why}", name=name, why=why), _("look into its log"))
        for name, why in health.failing.items()
    ]


def sync(health: Health, service: Service) -> Finding:
    if not health.connected:
        return note("sync", _("nobody to compare decks with"))
    if health.synced_at is None:
        return note("sync", _("no comparison with a peer has ended yet"))
    age = max(0, int(service.clock.real() - health.synced_at))
    says = _("compared decks with a peer {age}", age=ago(age))
    if age > LATE_SYNCS * service.home.config.sync_interval:
        return bad("sync", says, _("start the node again, and look into its log"))
    return good("sync", says)


def clock(service: Service, newest: int | None) -> Finding:
    remedy = _("set this machine's clock, and let it be kept: timedatectl set-ntp true")
    ahead = max(newest or 0, limits.RELEASED) - service.clock.real()
    offset = service.connections.clock_offset() if service.connections else None
    if offset is None and ahead > MAX_AHEAD:
        says = _(
            "is at least {ahead} behind: this program, or what is here, is of a later time",
            ahead=span(ahead),
        )
        return bad("clock", says, remedy)
    doubt = service.connections.health().clock_doubt if service.connections else None
    if offset is None and doubt is not None and abs(doubt) > limits.CLOCK_TOLERANCE:
        says = _("differs by {span} from those of peers, too few to be sure", span=span(abs(doubt)))
        return note("clock", says, remedy)
    if offset is None:
        return note("clock", _("fewer than three peers to compare it with"))
    apart = span(abs(offset))
    says = (
        _("is {span} behind its peers'", span=apart)
        if offset > 0
        else _("is {span} ahead of its peers'", span=apart)
    )
    if abs(offset) > limits.CLOCK_TOLERANCE:
        return bad("clock", _("{says}; nothing is signed until it is right", says=says), remedy)
    return good("clock", says)
