// The messages of GossipSub: signed by a key made for one of them alone.
import { hex, join, same, utf8 } from './bytes.js'
import * as keys from './keys.js'
import { IDENTITY } from './peers.js'
import { field, fieldsOf } from './protobuf.js'
import { demand } from './refused.js'

const MOST_BYTES = 256 * 1024
const [FROM, DATA, SEQNO, TOPIC, SIGNATURE, KEY] = [1, 2, 3, 4, 5, 6]

const signedBytes = (fields) => join(utf8('libp2p-pubsub:'), fields)

/** `secret` is 32 random bytes, used once; `seqno` 8 of them. */
export function writeMessage({ data, seqno, topic }, secret) {
  const from = join(IDENTITY, keys.publicKey(secret))
  const fields = join(
    field(FROM, from),
    field(DATA, data),
    field(SEQNO, seqno),
    field(TOPIC, utf8(topic)),
  )
  return join(fields, field(SIGNATURE, keys.sign(signedBytes(fields), secret)))
}

/** A message { id, topic, data }, Refused if it is none that a conforming node sends. */
export function readMessage(bytes) {
  demand(bytes.length <= MOST_BYTES, 'a message too long', 'gossip')
  const fields = fieldsOf(bytes)
  const only = (tag) => {
    const values = fields.get(tag) ?? [new Uint8Array(0)]
    demand(
      values.length === 1 && values[0] instanceof Uint8Array,
      `more than one of field ${tag}`,
      'gossip',
    )
    return values[0]
  }
  const [from, data, seqno, topic, signature] = [FROM, DATA, SEQNO, TOPIC, SIGNATURE].map(only)
  demand(seqno.length === 8, 'a seqno of another length', 'gossip')
  demand(
    from.length === 38 && same(from.subarray(0, 6), IDENTITY),
    'not from an Ed25519 key',
    'gossip',
  )
  if (fields.has(KEY)) demand(same(only(KEY), from.subarray(2)), 'another key', 'gossip')
  const signed = join(
    field(FROM, from),
    field(DATA, data),
    field(SEQNO, seqno),
    field(TOPIC, topic),
  )
  demand(
    keys.verify(signature, signedBytes(signed), from.subarray(6)),
    'the signature does not hold',
    'gossip',
  )
  return { id: hex(join(from, seqno)), topic: new TextDecoder().decode(topic), data }
}

/** Whether a payload is a vouch rather than an announcement: its inner array has nine items. */
export function isVouch(payload) {
  const head = payload[1] === 0xc4 ? 3 : payload[1] === 0xc5 ? 4 : Infinity
  return payload[head] === 0x99
}
