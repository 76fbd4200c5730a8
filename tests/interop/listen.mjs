// A second implementation, in part: a js-libp2p node that joins a Potluck network by its name, listens to gossip,
// and checks what it hears by announcement.mjs. Nothing here comes from Potluck's own code.
//
//   node listen.mjs MULTIADDR NETWORK_NAME STAMP_BITS COUNT
//
// One JSON line when it is ready, then one for each announcement; it ends after COUNT of them.

import './node20.mjs'
import { hash, hex, read } from './announcement.mjs'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { encode } from '@msgpack/msgpack'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const say = (value) => console.log(JSON.stringify(value))
const [address, name, bits, count] = process.argv.slice(2)
const network = hash('potluck.network', encode([name, Number(bits)])).slice(0, 16)
const topic = `/potluck/1/${hex(network)}`

const node = await createLibp2p({
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), pubsub: gossipsub() }
})
const { pubsub } = node.services
let heard = 0
pubsub.addEventListener('message', ({ detail }) => {
  if (detail.topic !== topic) return
  say(read(detail.data))
  if (++heard === Number(count)) node.stop().then(() => process.exit(0))
})
pubsub.subscribe(topic)
await node.dial(multiaddr(address))
while (pubsub.getMeshPeers(topic).length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
say({ ready: topic })
