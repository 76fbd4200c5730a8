// A js-libp2p relay as it comes: without pings, and with the usual limits (2 minutes and 128 KiB a circuit).
//
//   node relay.mjs
//
// One JSON line with its address; it ends with its standard input.

// libp2p 3 wants Promise.withResolvers, which came with Node 22.
Promise.withResolvers ??= function () {
  let resolve, reject
  const promise = new Promise((yes, no) => { resolve = yes; reject = no })
  return { promise, resolve, reject }
}

const { noise } = await import('@chainsafe/libp2p-noise')
const { yamux } = await import('@chainsafe/libp2p-yamux')
const { circuitRelayServer } = await import('@libp2p/circuit-relay-v2')
const { identify } = await import('@libp2p/identify')
const { tcp } = await import('@libp2p/tcp')
const { createLibp2p } = await import('libp2p')

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
