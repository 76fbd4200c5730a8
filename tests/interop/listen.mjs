// A second implementation, in part: a js-libp2p node that joins a Potluck network by its name, listens to gossip,
// and checks what it hears by announcement.mjs. Nothing here comes from Potluck's own code.
//
//   node listen.mjs MULTIADDR NETWORK_NAME STAMP_BITS COUNT
//
// One JSON line when it is ready, then one for each announcement; it ends after COUNT of them.

import { hash, hex, read } from './announcement.mjs'

// libp2p 3 wants Promise.withResolvers, which came with Node 22.
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new Promise((yes, no) => { resolve = yes; reject = no })
  return { promise, resolve, reject }
}

const { noise } = await import('@chainsafe/libp2p-noise')
const { yamux } = await import('@chainsafe/libp2p-yamux')
const { gossipsub } = await import('@libp2p/gossipsub')
const { identify } = await import('@libp2p/identify')
const { tcp } = await import('@libp2p/tcp')
const { encode } = await import('@msgpack/msgpack')
const { multiaddr } = await import('@multiformats/multiaddr')
const { createLibp2p } = await import('libp2p')

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
