import { hex, unhex } from '../bytes.js'
import { readBundle, writeBundle } from '../bundle.js'
import { frame, readFrame, readHello, writeFrame, writeHello } from '../frames.js'
import { readMessage, writeMessage } from '../gossip.js'
import { encode } from '../msgpack.js'
import { peerId, readRecord, writeRecord } from '../peers.js'
import { publicKey } from '../keys.js'
import { equal, NETWORKS, valueOf } from './shared.js'

export const rules = ['nonce']

const payloadOf = (framed) => unhex(framed).subarray(4)

export const sections = {
  hellos({ network, value, frame: expected }, { nonce }) {
    const plain = valueOf(value)
    equal(hex(frame(writeHello(NETWORKS[network], plain, unhex(nonce)))), expected)
    equal([1, ...readHello(NETWORKS[network], payloadOf(expected))], plain)
    const other = Object.values(NETWORKS).find((one) => hex(one.id) !== network)
    equal(readHello(other, payloadOf(expected)), null)
  },

  frames({ name, network, value, frame: expected }, { nonce }) {
    equal(hex(frame(writeFrame(NETWORKS[network], name, valueOf(value), unhex(nonce)))), expected)
    const read = readFrame(NETWORKS[network], payloadOf(expected))
    equal([read.kind, encode(read.value)], [name, encode(valueOf(value))])
  },

  records({ seed, network, issued_at, addresses, encoded }) {
    const fields = { network: unhex(network), issuedAt: issued_at, addresses }
    equal(hex(writeRecord(fields, unhex(seed))), encoded)
    const key = publicKey(unhex(seed))
    equal(readRecord(unhex(encoded)), { encoded: unhex(encoded), key, ...fields })
    equal(addresses[0].endsWith(peerId(key)), true)
  },

  gossip({ seed, seqno, topic, data, message }) {
    equal(
      hex(writeMessage({ data: unhex(data), seqno: unhex(seqno), topic }, unhex(seed))),
      message,
    )
    const read = readMessage(unhex(message))
    equal([read.topic, hex(read.data)], [topic, data])
    equal(read.id, `002408011220${hex(publicKey(unhex(seed)))}${seqno}`)
  },

  bundles({ network, announcements, file }, { nonce }) {
    equal(hex(writeBundle(NETWORKS[network], announcements.map(unhex), unhex(nonce))), file)
    const read = (bytes) =>
      readBundle(NETWORKS[network], bytes).map((one) => hex(NETWORKS[network].open(one)))
    equal(read(unhex(file)), announcements)
    equal(read(unhex(file).subarray(0, -1)), announcements.slice(0, -1))
  },
}
