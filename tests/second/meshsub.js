// As much of GossipSub 1.1 as one needs with one peer: subscribe, graft, publish, hear, and ask for
// what is told of.
import { join, utf8 } from './bytes.js'
import { field, fieldsOf, numberField, varint } from './protobuf.js'
import { demand } from './refused.js'

export const PROTOCOL = '/meshsub/1.1.0'
const MOST_BYTES = 256 * 1024

// The fields of an RPC, of a subscription, of its control, and of what is in that.
const [SUBSCRIPTIONS, PUBLISH, CONTROL] = [1, 2, 3]
const [SUBSCRIBE, SUBSCRIBED] = [1, 2]
const [IHAVE, IWANT, GRAFT] = [1, 2, 3]
const GRAFTED = 1
const TOLD = 2
const WANTED = 1

const framed = (rpc) => join(varint(rpc.length), rpc)

export const hello = (topic) =>
  framed(
    join(
      field(SUBSCRIPTIONS, join(numberField(SUBSCRIBE, 1), field(SUBSCRIBED, utf8(topic)))),
      field(CONTROL, field(GRAFT, field(GRAFTED, utf8(topic)))),
    ),
  )

export const publication = (message) => framed(field(PUBLISH, message))

export const request = (ids) =>
  framed(field(CONTROL, field(IWANT, join(...ids.map((id) => field(WANTED, id))))))

/** The RPCs that come on a stream: { messages, told }, the latter being ids of messages. */
export async function* rpcsOf(stream) {
  let rest = new Uint8Array(0)
  for await (const chunk of stream) {
    rest = join(rest, chunk.subarray())
    for (let next = split(rest); next; next = split(rest)) {
      rest = next.rest
      yield readRpc(next.rpc)
    }
  }
}

function split(bytes) {
  const end = bytes.findIndex((one) => one < 128)
  demand(end < 4 && (end >= 0 || bytes.length < 4), 'a frame too long', 'gossip')
  if (end < 0) return null
  const length = bytes.subarray(0, end + 1).reduceRight((sum, one) => sum * 128 + (one & 127), 0)
  demand(length <= MOST_BYTES, 'a frame too long', 'gossip')
  if (bytes.length < end + 1 + length) return null
  return { rpc: bytes.subarray(end + 1, end + 1 + length), rest: bytes.subarray(end + 1 + length) }
}

function readRpc(bytes) {
  const fields = fieldsOf(bytes)
  const controls = (fields.get(CONTROL) ?? []).map(fieldsOf)
  const told = controls.flatMap((one) => one.get(IHAVE) ?? []).map(fieldsOf)
  return { messages: fields.get(PUBLISH) ?? [], told: told.flatMap((one) => one.get(TOLD) ?? []) }
}
