// Frames of the streams: a length and so many bytes, sealed where the network is closed.
import { join, same, u32 } from './bytes.js'
import { decode, encode } from './msgpack.js'
import { demand } from './refused.js'

export const MOST_BYTES = 65_536
const VERSION = 1

export const KINDS = ['', 'RECONCILE', 'HAVE', 'WANT', 'GIVE']

export const frame = (payload) => join(u32(payload.length), payload)

export const writeHello = (network, value, nonce) =>
  join(network.id, network.seal(encode(value), nonce))

/**
 * The first item of a hello says the version; `null` for another network, or a version that is not
 * known.
 */
export function readHello(network, payload) {
  if (!same(payload.subarray(0, 16), network.id)) return null
  const value = decode(network.open(payload.subarray(16)))
  demand(Array.isArray(value) && Number.isInteger(value[0]), 'no hello')
  return value[0] === VERSION ? value.slice(1) : null
}

export const writeFrame = (network, kind, value, nonce) =>
  network.seal(join([KINDS.indexOf(kind)], encode(value)), nonce)

export function readFrame(network, payload) {
  const bytes = network.open(payload)
  const kind = KINDS[bytes[0]]
  demand(kind, 'an unknown kind of frame')
  return { kind, value: decode(bytes.subarray(1)) }
}

/** Frames over a js-libp2p stream. */
export class Channel {
  constructor(stream) {
    this.stream = stream
    this.chunks = stream[Symbol.asyncIterator]()
    this.rest = new Uint8Array(0)
  }

  async send(payload) {
    if (!this.stream.send(frame(payload))) await this.stream.onDrain()
  }

  /** The next frame's payload, or null where the other side has ended. */
  async receive() {
    const head = await this.take(4)
    if (!head) return null
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0)
    demand(length <= MOST_BYTES, 'a frame too long')
    return this.take(length)
  }

  async take(length) {
    while (this.rest.length < length) {
      const { value, done } = await this.chunks.next()
      if (done) return null
      this.rest = join(this.rest, value.subarray())
    }
    const taken = this.rest.subarray(0, length)
    this.rest = this.rest.subarray(length)
    return taken
  }

  async close() {
    await this.stream.close()
  }
}
