"""Every limit on what others may cost this node, in one place: value, unit and reason.

The limits that every node must agree on (sizes and windows of announcements, registers per host)
are the protocol's: see protocol/wire.py and protocol/admission.py.
"""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

# --- connections ---------------------------------------------------------------------------------
MAX_CONNECTIONS: Final = 96
"""Open connections, both directions: each costs about 0.8 MB."""
MAX_INBOUND: Final = 64
"""
Of these, the ones that others opened: what is left is for slots and for whom the person names.
"""
MAX_HANDSHAKES: Final = 48
MAX_HANDSHAKES_PER_RANGE: Final = 16
"""Sockets that have not yet said who they are, in all and from one address range."""
KNOCKS_PER_SECOND: Final = 8.0
KNOCKS_BURST: Final = 128.0
"""Sockets that one address range opens: a handshake costs a millisecond of the processor."""
HANDSHAKE_SECONDS: Final = 5.0
"""Seconds for noise and yamux of a connection that comes in."""
MAX_CONNECTIONS_PER_RANGE: Final = 16
"""Inbound connections from one address range (IPv4 /24, IPv6 /48), so that one network cannot take
every slot. Loopback is exempt: several nodes on one machine are friends."""
MAX_CONCURRENT_DIALS: Final = 4
"""More at once starve the handshakes of each other (174 at once: none finished within 10 s)."""
DIAL_TIMEOUT: Final = 10.0
"""Seconds for TCP, noise and yamux together."""
HANG_UP_SECONDS: Final = 2.0
"""Seconds to close the connections in when the node stops."""
MAX_STREAMS_PER_PEER: Final = 32
"""Inbound streams that one peer may hold open at once."""
STREAMS_PER_SECOND: Final = 5.0
STREAMS_BURST: Final = 200.0
"""Inbound streams that one peer may open: to agree on a protocol takes a ms, whatever it is."""
MUXER_FRAMES_PER_SECOND: Final = 500.0
MUXER_FRAMES_BURST: Final = 500.0
"""
Frames of the muxer from one connection, of 12 bytes at least and 0.1 ms each: 64 KiB of an answer
are one, and so is a message of gossip.
"""
NOISE_MESSAGES_PER_SECOND: Final = 2000.0
NOISE_MESSAGES_BURST: Final = 2000.0
"""
Messages of noise from one connection, of one byte at least: a frame of the muxer is one to three.
"""

MAX_RELAY_MESSAGE: Final = 4 * KIB
"""
Bytes of one message of a relay: a status, a few addresses and a voucher. (go-libp2p's bound, too.)
"""
MAX_CIRCUITS_PER_RELAY: Final = 16
"""Circuits that one relay may bring at once; each holds one of the streams it may open."""
RELAY_LINGER: Final = 5.0
"""
Seconds for which a relay that was dialled for a circuit is kept after it: a cut one is made anew.
"""
RESERVATION_SHORTEST: Final = 60.0
RESERVATION_LONGEST: Final = 1800.0
"""
Seconds between renewals of a place at a relay: half of what it grants, within these bounds, which
also bear with a clock that is wrong. (Relays grant an hour or two.)
"""
RESERVATION_RETRY: Final = 30.0
"""Seconds before a relay that said no is asked again; doubled each time."""

# --- streams -------------------------------------------------------------------------------------
MAX_FRAME: Final = 64 * KIB
"""Bytes of one frame on a Potluck stream, after its length prefix."""
FRAME_DEADLINE: Final = 20.0
"""Seconds to send or receive one frame: a peer that falls silent frees its stream."""

# --- gossip --------------------------------------------------------------------------------------
MAX_RPC: Final = 256 * KIB
"""Bytes of one gossip RPC; a conforming one carries few announcements of at most 4 KiB."""
MAX_MESSAGES_PER_RPC: Final = 256
"""Announcements in one RPC."""
MAX_SUBSCRIPTIONS: Final = 100
"""Subscriptions in one RPC: a node has one topic per network."""
MAX_CONTROL_ENTRIES: Final = 4
MAX_CONTROL_IDS: Final = 256
"""Entries and message ids in the control part of one RPC: what is beyond them is ignored."""
SEEN_MESSAGES: Final = 50_000
"""Gossip message ids remembered: minutes of the highest rate; intake knows older announcements."""
OUTBOUND_QUEUE: Final = 1024
"""RPCs waiting for one peer; beyond, gossip is dropped and sync repairs. (libp2p's own 32 loses
most of a burst.)"""
PEER_BYTES_PER_SECOND: Final = 512 * KIB
PEER_BYTES_BURST: Final = 4 * MIB
"""Gossip bytes from one peer before decoding; over it, reading pauses and so TCP slows the peer."""
PEER_MESSAGES_PER_SECOND: Final = 100.0
PEER_MESSAGES_BURST: Final = 500.0
"""Gossip messages from one peer: one core verifies and forwards about 400 a second. Whoever is
flooded goes on with its other peers, and has worked the burst off within five seconds."""
CONTROL_IDS_PER_MESSAGE: Final = 50
"""Ids told or asked for by gossip, or subscriptions, that cost what one message does."""
AUTHOR_FORWARDS_PER_HOUR: Final = 120.0
AUTHOR_FORWARDS_BURST: Final = 50.0
"""Announcements of one host that are forwarded by gossip. The rest is kept, and goes by sync."""
MAX_AUTHORS_TRACKED: Final = 10_000
"""Hosts whose forwarding rate is remembered, the least recent forgotten first."""
BULK: Final = 50
"""More new announcements than this at once go by sync instead of gossip."""

# --- sync ----------------------------------------------------------------------------------------
SYNC_INTERVAL: Final = 600.0
"""Seconds between sessions with a random peer."""
SYNC_SPREAD: Final = 5.0
"""Seconds within which what was learnt in bulk is passed on."""
SESSION_MESSAGES: Final = 64
"""Frames that either side sends in one session."""
SESSION_BYTES: Final = 4 * MIB
"""Bytes that either side sends in one session; one that ended so goes on at once in a new one."""
SESSION_SECONDS: Final = 60.0
"""A session's life."""
HELLO_DEADLINE: Final = 5.0
"""Seconds for a peer to answer a hello."""
STREAM_PATIENCE: Final = 10.0
"""Seconds that an empty node lets one peer stream alone; then it asks the next one too."""
FETCH_BATCH: Final = 200
"""Ids asked for at once."""
MAX_NEEDED: Final = 2000
"""Differences collected before fetching, so that a session always gets to its announcements."""
MAX_INBOUND_SESSIONS: Final = 8
"""Sync sessions served at once: each holds a list of ids."""
SESSIONS_PER_SECOND: Final = 0.5
SESSIONS_BURST: Final = 64.0
"""
Sync sessions that one peer may open: each makes the list of ids anew, which takes some 100 ms of
100,000. Who joins late needs a session for every 4 MiB.
"""
MAX_ASKERS_TRACKED: Final = 1000
"""Peers whose sessions are counted, connected or not, the least recent forgotten first."""
GIVE_PER_SECOND: Final = 512.0 * KIB
GIVE_BURST: Final = 64.0 * MIB
GIVE_ALL_PER_SECOND: Final = 2.0 * MIB
GIVE_ALL_BURST: Final = 128.0 * MIB
"""Bytes of announcements given in sync, to one peer and to all: who joins late needs 60 MiB for
100,000."""
GIVE_PATIENCE: Final = 5.0
"""Seconds that a frame may wait for this budget; with more the session ends."""
MAX_GIVEN_TRACKED: Final = 64
"""Peers of which is remembered what they were given: 128 KiB each."""
GIVEN_AGAIN_PER_SECOND: Final = 20.0
GIVEN_AGAIN_BURST: Final = 20_000.0
"""Announcements that a peer is given although it was given them within the hour: it may have lost
them, or been given what looks the same here."""
MAX_REFUSED: Final = 20_000
"""Refused ids remembered (until their announcement would expire), the oldest forgotten first."""
PAST_REVISIONS: Final = 5
MAX_PAST: Final = 20_000
"""
Superseded revisions kept to show what changed: of one event, and in all (at most 80 MB, on the disk
only), the oldest forgotten first.
"""
MAX_RECEIPTS: Final = 1000
MAX_RECEIPT_BYTES: Final = 100 * MIB
"""Receipts that are kept, compressed, the latest of them; those of cards kept stay anyway."""
NOT_HELD_SECONDS: Final = 3600.0
"""After "not held" the id is not asked of that peer again for so long."""
SESSION_RESERVE: Final = 0.3
"""The share of a session below which a stream of everything ends: one batch of the longest
announcements takes about a quarter of it."""
SYNC_RETRY: Final = 5.0
"""Seconds before another try with a peer that was busy or left; doubled each time."""
ASK_TIMES: Final = 3
ASK_AGAIN: Final = 1.0
"""
How often a peer is asked whether it holds an announcement, and seconds in between: it may be busy.
"""
CLOCK_PEERS: Final = 3
"""Address ranges in which a peer that we dialled must agree before their clocks say anything about
ours."""
CLOCK_TOLERANCE: Final = 300.0
"""Seconds that clocks may differ and agree, and that ours may differ from theirs before we stop
signing."""
CLOCK_HOSTS: Final = 3
"""
Hosts that must have announced something later than now before a node without such peers stops
signing. Fewer may be ours and a friend's, under clocks that were ahead.
"""
RELEASED: Final = 1_767_225_600
"""2026-01-01, UTC seconds, the year of this release: no clock that is right says less."""

SLEEP_CHECK: Final = 15.0
SLEPT: Final = 60.0
"""Every so many seconds the clocks are compared; so many apart mean that the machine slept."""

# --- trust --------------------------------------------------------------------------------------
MAX_VOUCHES: Final = 50_000
MAX_VOUCHES_IN_REACH: Final = 100_000
"""Public vouches held, 400 bytes each: of hosts that one's own do not lead to, and with those of
all that walks can come to. Keys are cheap; to be in reach takes the vouch of somebody who is."""
VOUCHES_PER_HOUR: Final = 30.0
VOUCHES_BURST: Final = 64.0
"""Vouches of one host that are forwarded by gossip: all of its registers at once, then few."""

# --- peers ---------------------------------------------------------------------------------------
OUTBOUND_SLOTS: Final = 16
"""Connections that this node keeps up by itself."""
SLOT_RENEWAL: Final = 1800.0
SLOTS_RENEWED: Final = 2
"""Every so many seconds so many of the slots get a new seed."""
EXCHANGE_INTERVAL: Final = 900.0
"""Seconds between asking a random peer for records."""
RECORD_RENEWAL: Final = 60.0
"""Seconds for which a node tells the same record of itself: a newer one is written down by all who
hear of it."""
EXCHANGE_SECONDS: Final = 30.0
"""A whole exchange of records, on both sides."""
EXCHANGES_PER_SECOND: Final = 1 / 60
EXCHANGES_BURST: Final = 10.0
"""Exchanges that one peer may ask for: after connecting, and every quarter of an hour."""
PING_INTERVAL: Final = 10.0
PING_DROP: Final = 25.0
"""Seconds without an answer after which a peer is dropped: TCP alone needs minutes."""
REDIAL_FIRST: Final = 1.0
REDIAL_LOST: Final = 15.0
"""Longest wait, in seconds, before redialling a peer that was connected a short while ago."""
REDIAL_LATELY: Final = 600.0
"""Seconds for which a lost peer counts as lost a short while ago."""
REDIAL_LONGEST: Final = 3600.0
"""Longest wait for other addresses."""
REDIAL_ALONE: Final = 60.0
"""The same while we are connected with nobody: it may be our network that was away."""
FAILURES_FORGIVEN: Final = 4
"""
Failed dials after which a peer that was met once no longer takes a slot. One that we only heard of
has a single try: whoever told of it may have made it up.
"""
DIALS_PER_SECOND: Final = 1 / 30
DIALS_BURST: Final = 4.0
"""Dials of what was only heard of to one ip, over all ids and ports: records must not make us knock
at a third party's door. (Loopback is exempt: several nodes on one machine are friends.)"""
MAX_IPS_DIALLED: Final = 4000
"""Ips whose dials are counted, the least recent forgotten first."""
MAX_ADDRESSES_PER_PEER: Final = 8
MAX_BOOK: Final = 2000
"""Peers in the address book."""
MAX_BOOK_PER_TELLER: Final = MAX_BOOK // 16
MAX_BOOK_PER_RANGE: Final = MAX_BOOK // 32
"""Peers that were only heard of, from tellers in one address range, and in one address range (all
names count as one): beyond, one of them goes for each that comes, by a secret order."""
MAX_RECORDS: Final = 32
"""Signed records in one answer on /potluck/peers/1."""

DIALBACK_PAUSE: Final = 30.0
"""Seconds after which we dial a peer back again when it asks us to."""
DIALBACK_PEERS: Final = 3
"""Peers that are asked to dial back at once."""

# --- penalties -----------------------------------------------------------------------------------
PENALTY_BAN: Final = 3
"""
Offences before a peer is banned; each disconnects it. Only bytes that a conforming peer could never
send are offences.
"""
PENALTY_FORGOTTEN: Final = 86_400.0
"""Seconds after which an offence no longer counts."""
MAX_BANS: Final = 2000
"""Bans in force; of more, those that end first are forgotten. The person's end last."""
MAX_DROPS: Final = 50
"""Dropped peers whose reasons are remembered, to be shown."""
BAN_SECONDS: Final = 86_400.0
"""Length of a ban that this node decided on by itself."""
PERSONS_BAN_SECONDS: Final = 10 * 365 * 86_400.0
"""Length of a ban that the person decided on: until lifted."""
