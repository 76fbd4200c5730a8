// A js-libp2p relay as it comes: without pings, and with the usual limits (2 minutes and 128 KiB a circuit).
//
//   node relay.mjs
//
// One JSON line with its address; it ends with its standard input.

import './node20.mjs'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  services: { identify: identify(), relay: circuitRelayServer() }
})
console.log(JSON.stringify({ address: node.getMultiaddrs()[0].toString() }))
process.stdin.resume()
process.stdin.on('end', () => node.stop().then(() => process.exit(0)))
