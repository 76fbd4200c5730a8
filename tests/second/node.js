// A node over js-libp2p that syncs and gossips.
import './node20.js'
import { EventEmitter, once } from 'node:events'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { Deck } from './admission.js'
import { hex } from './bytes.js'
import { dialledBack, DIALBACK, exchangePeers, PEERS } from './exchange.js'
import { Channel } from './frames.js'
import { isVouch, readMessage, writeMessage } from './gossip.js'
import * as meshsub from './meshsub.js'
import { peerId, writeRecord } from './peers.js'
import * as sync from './sync.js'
import { Vouches } from './vouches.js'

const random = (length) => crypto.getRandomValues(new Uint8Array(length))

export const clock = () => Math.floor(Date.now() / 1000)

export class Node {
  constructor(network) {
    this.network = network
    this.seed = random(32)
    this.deck = new Deck(network)
    this.vouches = new Vouches(network)
    this.failures = []
    this.heard = [] // { id, decision } of what came by gossip
    this.answered = 0 // sessions
    this.changes = new EventEmitter()
  }

  /** Waits until something holds, which is looked at whenever a session or a message has passed. */
  async until(holds) {
    while (!holds()) await once(this.changes, 'change')
  }

  get sets() {
    return [this.deck, this.vouches]
  }

  async start() {
    this.libp2p = await createLibp2p({
      privateKey: await generateKeyPairFromSeed('Ed25519', this.seed),
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    })
    await this.libp2p.handle(sync.PROTOCOL, (stream) =>
      this.guard(stream, () => this.answer(stream)),
    )
    await this.libp2p.handle(meshsub.PROTOCOL, (stream) =>
      this.guard(stream, () => this.listen(stream)),
    )
  }

  /** What a peer does wrong costs it this stream, and is kept for the test to see. */
  async guard(stream, action) {
    try {
      await action()
    } catch (error) {
      this.failures.push(error)
      stream.abort(error)
    }
  }

  async subscribe() {
    this.mesh = await this.libp2p.dialProtocol(this.peer, meshsub.PROTOCOL)
    this.mesh.send(meshsub.hello(this.network.topic))
  }

  publish(encoded) {
    const { network } = this
    const message = { data: network.seal(encoded), seqno: random(8), topic: network.topic }
    this.mesh.send(meshsub.publication(writeMessage(message, random(32))))
  }

  async listen(stream) {
    const seen = new Set()
    for await (const { messages, told } of meshsub.rpcsOf(stream)) {
      for (const message of messages.map(readMessage)) {
        if (message.topic !== this.network.topic || seen.has(message.id)) continue
        seen.add(message.id)
        this.heard.push(this.hear(message))
        this.changes.emit('change')
      }
      const wanted = told.filter((id) => !seen.has(hex(id)))
      if (wanted.length) this.mesh?.send(meshsub.request(wanted))
    }
  }

  hear({ data }) {
    const payload = this.network.open(data)
    const held = this.sets[isVouch(payload) ? sync.VOUCHES : sync.ANNOUNCEMENTS]
    const one = held.read(payload)
    return { id: hex(one.id), decision: held.decide(one, clock()) }
  }

  async answer(stream) {
    await sync.respond(new Channel(stream), this.network, this.sets, clock)
    this.answered += 1
    this.changes.emit('change')
  }

  get address() {
    return this.libp2p.getMultiaddrs()[0].toString()
  }

  async dial(address) {
    this.peer = (await this.libp2p.dial(multiaddr(address))).remotePeer
  }

  async open(protocol = sync.PROTOCOL) {
    return new Channel(await this.libp2p.dialProtocol(this.peer, protocol))
  }

  /** The peer ids of those whose records the peer tells, and what it says of a port of ours. */
  async told() {
    const fields = { network: this.network.id, issuedAt: clock(), addresses: [this.address] }
    const record = writeRecord(fields, this.seed)
    const records = await exchangePeers(await this.open(PEERS), this.network, [record], clock())
    const port = Number(this.address.split('/')[4])
    const reached = await dialledBack(await this.open(DIALBACK), this.network, port)
    return { peers: records.map(({ key }) => peerId(key)), reached }
  }

  async reconcile(set) {
    return sync.reconcile(await this.open(), this.network, this.sets[set], set, clock)
  }

  async stream(set) {
    return sync.stream(() => this.open(), this.network, this.sets[set], set, clock)
  }

  async ask(id) {
    return sync.ask(await this.open(), this.network, this.deck, sync.ANNOUNCEMENTS, clock, id)
  }

  async stop() {
    await this.libp2p.stop()
  }
}
