// Two nodes of ours beside one that ships: one that it dials, and one that dials it.
//
//     node live.js LINK        LINK is that of the network, with a table
//
// The first line that comes out is {"address", "card", "words"}: where the node shall dial us, and
// the link and the six words of a host of ours. On a line that comes in, {"address"}, the other one
// dials that, and says {"gossiped"} when it listens; on the next, {"announced"}, it waits for that
// id. The last line out says what there was to see.
import { createInterface } from 'node:readline'
import { hex } from './bytes.js'
import * as links from './links.js'
import { Network } from './networks.js'
import { clock, Node } from './node.js'
import { ANNOUNCEMENTS, VOUCHES } from './sync.js'
import { announcementsOf, Host, vouchesOf } from './town.js'
import { sixWords } from './words.js'

const { n: name, b: stampBits, k: secret, table } = links.read(process.argv[2])
const network = new Network({ name, stampBits, secret })
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (value) => console.log(JSON.stringify(value))
const hear = async () => JSON.parse((await lines.next()).value)
const idsOf = (held) =>
  held
    .live(clock())
    .map(({ id }) => hex(id))
    .sort()

async function started() {
  const node = new Node(network)
  await node.start()
  return node
}

/** Decides of them as of what a peer sent. */
const take = (held, list) => list.map((one) => held.decide(one, clock()))

const counts = (maps) => maps.map((map) => Object.fromEntries(map))

// Who waits for us is not left waiting for ever.
setTimeout(() => process.exit(1), 240_000)

const now = clock()
const hosts = ['Ada', 'Bo', 'Cy'].map((one) => new Host(one, network))
const [first, second] = [await started(), await started()]
take(first.deck, announcementsOf(hosts, table, table.km, now))
take(first.vouches, vouchesOf(hosts, now))
const [held] = idsOf(first.deck)
const card = links.writeHost({ k: hosts[0].key, n: 'Ada' })
say({ address: first.address, card, words: sixWords(hosts[0].key).join(' ') })

// The node dials the first, which answers: sync is in both directions.
const { address } = await hear()
await first.until(() => first.answered === 2)
const answered = { announcements: idsOf(first.deck), vouches: idsOf(first.vouches) }

// The second dials the node: it takes all by streaming, and tells what it alone has by reconciling.
await second.dial(address)
const told = await second.told()
const streamed = [await second.stream(ANNOUNCEMENTS), await second.stream(VOUCHES)]
const asked = [await second.ask(held), await second.ask('00'.repeat(32))]
const alone = hosts[0].announce(
  { title: 'By sync', tz: 'UTC', start: now + 86400 },
  { slot: 100, issuedAt: now },
)
take(second.deck, [alone])
const reconciled = [await second.reconcile(ANNOUNCEMENTS), await second.reconcile(VOUCHES)]
const gossiped = hosts[0].announce(
  { title: 'By gossip', tz: 'UTC', start: now + 86400 },
  { slot: 101, issuedAt: now },
)
const vouched = hosts[2].vouchFor(hosts[0].key, 2, now)

// Gossip in both directions: ours comes back by sync when the node holds it, and then we hear what
// it announces.
await second.subscribe()
second.publish(gossiped.encoded)
second.publish(vouched.encoded)
while (!second.deck.holds(hex(gossiped.id))) await second.reconcile(ANNOUNCEMENTS)
while (!second.vouches.holds(hex(vouched.id))) await second.reconcile(VOUCHES)
say({ gossiped: hex(gossiped.id) })
const { announced } = await hear()
await second.until(() => second.heard.some(({ id }) => id === announced))

say({
  answered,
  told,
  asked,
  streamed: counts(streamed),
  reconciled: counts(reconciled),
  heard: second.heard,
  alone: hex(alone.id),
  announcements: idsOf(second.deck),
  vouches: idsOf(second.vouches),
  failures: [...first.failures, ...second.failures].map(String),
})
await Promise.all([first.stop(), second.stop()])
process.exit()
