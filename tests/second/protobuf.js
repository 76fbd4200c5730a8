// As much of Protocol Buffers as pubsub needs: varints and fields of bytes.
import { join } from './bytes.js'
import { demand } from './refused.js'

const BYTES = 2

export function varint(value) {
  const groups = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    groups.push(rest < 128 ? rest : rest % 128 | 128)
    if (rest < 128) return Uint8Array.from(groups)
  }
}

export const field = (tag, bytes) => join([(tag << 3) | BYTES], varint(bytes.length), bytes)

export const numberField = (tag, value) => join([tag << 3], varint(value))

export class Reader {
  constructor(bytes) {
    this.bytes = bytes
    this.at = 0
  }

  varint() {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      demand(this.at < this.bytes.length, 'no protobuf', 'gossip')
      const next = this.bytes[this.at++]
      value |= BigInt(next & 127) << shift
      if (next < 128) return Number(value)
    }
    return demand(false, 'no protobuf', 'gossip')
  }

  take(length) {
    demand(this.at + length <= this.bytes.length, 'no protobuf', 'gossip')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
}

/** All values of each field, by its tag. */
export function fieldsOf(bytes) {
  const reader = new Reader(bytes)
  const fields = new Map()
  while (reader.at < bytes.length) {
    const key = reader.varint()
    const [tag, wire] = [Math.floor(key / 8), key % 8]
    demand(tag > 0, 'no protobuf', 'gossip')
    if (!fields.has(tag)) fields.set(tag, [])
    fields.get(tag).push(valueOf(reader, wire))
  }
  return fields
}

function valueOf(reader, wire) {
  if (wire === 0) return reader.varint()
  if (wire === 1) return reader.take(8)
  if (wire === BYTES) return reader.take(reader.varint())
  demand(wire === 5, 'no protobuf', 'gossip')
  return reader.take(4)
}
