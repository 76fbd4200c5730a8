// Deals again what a node dealt.
//
//     node deal.js LINK BUNDLE RECEIPT…
//
// A line for each receipt: what verifying it found, its id, and for a table's whether the very same
// receipt comes out of the bundle, the link's table and the date alone.
import { readFileSync } from 'node:fs'
import { Deck } from './admission.js'
import { readBundle } from './bundle.js'
import { hex, u64 } from './bytes.js'
import { draw } from './draw.js'
import * as links from './links.js'
import { Network } from './networks.js'
import { clock } from './node.js'
import * as receipts from './receipts.js'
import { tableSeed } from './seeds.js'
import { tableCandidates } from './tables.js'
import { verify } from './verify.js'

const [link, bundle, ...files] = process.argv.slice(2)
const { n: name, b: stampBits, k: secret, table } = links.read(link)
const network = new Network({ name, stampBits, secret })
const deck = new Deck(network)
for (const bytes of readBundle(network, readFileSync(bundle)))
  deck.arrive(network.open(bytes), clock())

/** The receipt of a table's hand as it should be. */
function atTable({ date, redraw }) {
  const candidates = tableCandidates(deck.live(clock()), table, date)
  const seed = tableSeed(date, redraw, table.k)
  return receipts.write({
    seed,
    origin: { kind: 'table', name: table.n, date, redraw },
    n: table.hand,
    wild: 0,
    candidates,
    others: [],
    hand: draw(seed, candidates, table.hand),
  })
}

for (const file of files) {
  const receipt = receipts.read(readFileSync(file, 'utf8'))
  const { origin, hand, vouched } = receipt
  console.log(
    JSON.stringify({
      kind: origin.kind,
      found: verify(receipt, origin.kind === 'table' ? table.k : undefined),
      id: hex(receipts.idOf(receipt)),
      hand: hand.map(({ slot }) => hex(u64(slot))),
      vouched: Boolean(vouched),
      ...(origin.kind === 'table' && { same: receipts.write(receipt) === atTable(origin) }),
    }),
  )
}
