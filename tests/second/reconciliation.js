// Negentropy, version 1: which items only one of two nodes has.
//
// An item is { timestamp, id }: a BigInt and 32 bytes. A bound is the same, with an id perhaps
// shorter.
import { sha256 } from '@noble/hashes/sha2.js'
import { compare, hex, join } from './bytes.js'
import { demand } from './refused.js'

const VERSION = 0x61
const INFINITY = 0xffffffffffffffffn
const END = { timestamp: INFINITY, id: new Uint8Array(0) }
const [SKIP, FINGERPRINT, ID_LIST] = [0, 1, 2]
const BUCKETS = 16
const SPARE = 200

function varint(value) {
  const groups = [Number(value & 127n)]
  for (let rest = value >> 7n; rest; rest >>= 7n) groups.unshift(Number(rest & 127n) | 128)
  return Uint8Array.from(groups)
}

const count = (length) => varint(BigInt(length))

/** A bound with the zero bytes that its id lacks. */
const filled = ({ timestamp, id }) => ({ timestamp, id: join(id, new Uint8Array(32 - id.length)) })

const order = (a, b) =>
  a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : compare(a.id, b.id)

const littleEndian = (id) => BigInt(`0x${Buffer.from(id).reverse().toString('hex')}`)

class Reader {
  constructor(bytes) {
    this.bytes = bytes
    this.at = 0
    this.timestamp = 0n
  }

  isDone() {
    return this.at === this.bytes.length
  }

  take(length) {
    demand(this.at + length <= this.bytes.length, 'it breaks off')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  varint() {
    let value = 0n
    for (let first = true; ; first = false) {
      const next = this.take(1)[0]
      demand(!first || next !== 0x80, 'a number in longer form')
      value = (value << 7n) | BigInt(next & 127)
      demand(value <= INFINITY, 'a number beyond 64 bits')
      if (next < 128) return value
    }
  }

  bound() {
    const ahead = this.varint()
    const length = this.varint()
    demand(length <= 32n, 'more than 32 bytes of an id')
    const id = Uint8Array.from(this.take(Number(length)))
    if (ahead === 0n) return END
    this.timestamp += ahead - 1n
    demand(this.timestamp < INFINITY, 'infinity as a number')
    return { timestamp: this.timestamp, id }
  }

  payload(kind) {
    if (kind === SKIP) return null
    if (kind === FINGERPRINT) return this.take(16)
    demand(kind === ID_LIST, 'an unknown kind')
    const length = this.varint()
    demand(length * 32n <= BigInt(this.bytes.length), 'more ids than it is long')
    return Array.from({ length: Number(length) }, () => this.take(32))
  }
}

function rangesOf(message) {
  const reader = new Reader(message.subarray(1))
  const ranges = []
  let lower = { timestamp: 0n, id: new Uint8Array(0) }
  while (!reader.isDone()) {
    demand(lower.timestamp < INFINITY, 'a range beyond infinity')
    const upper = reader.bound()
    demand(order(filled(lower), filled(upper)) <= 0, 'bounds that descend')
    const kind = Number(reader.varint())
    ranges.push({ upper, kind, payload: reader.payload(kind) })
    lower = upper
  }
  return ranges
}

/** A message that is being written. */
class Writer {
  constructor() {
    this.parts = [Uint8Array.of(VERSION)]
    this.length = 1
    this.timestamp = 0n
  }

  put(...parts) {
    this.parts.push(...parts)
    this.length += parts.reduce((sum, part) => sum + part.length, 0)
  }

  bound({ timestamp, id }) {
    this.put(timestamp === INFINITY ? varint(0n) : varint(1n + timestamp - this.timestamp))
    if (timestamp !== INFINITY) this.timestamp = timestamp
    this.put(count(id.length), id)
  }

  range(upper, kind, ...payload) {
    this.bound(upper)
    this.put(count(kind), ...payload)
  }

  mark() {
    return { parts: this.parts.length, length: this.length, timestamp: this.timestamp }
  }

  backTo({ parts, length, timestamp }) {
    this.parts.length = parts
    Object.assign(this, { length, timestamp })
  }

  bytes() {
    return join(...this.parts)
  }
}

export class Reconciler {
  /**
   * `limit` is of a message's bytes, 0 for none. The initiator finds `has` and `lacks` (ids in
   * hex).
   */
  constructor(items, limit = 0) {
    this.items = [...items].sort(order)
    this.sums = [0n]
    for (const { id } of this.items) this.sums.push(this.sums.at(-1) + littleEndian(id))
    this.most = limit ? limit - SPARE : Infinity
    this.has = new Set()
    this.lacks = new Set()
  }

  /** The initiator's first message. */
  open() {
    const writer = new Writer()
    this.split(writer, 0, this.items.length, END)
    return writer.bytes()
  }

  /** The responder's answer. */
  respond(message) {
    demand(message.length > 0, 'no byte')
    return this.answer(message[0] === VERSION ? rangesOf(message) : [], true)
  }

  /** The initiator's answer, or null when it is done. */
  proceed(message) {
    demand(message[0] === VERSION, 'another version')
    const answer = this.answer(rangesOf(message), false)
    return answer.length > 1 ? answer : null
  }

  answer(ranges, isResponder) {
    const writer = new Writer()
    let skipped = null
    let from = 0
    for (const { upper, kind, payload } of ranges) {
      const to = this.indexOf(upper, from)
      const before = writer.mark()
      const write = (answer) => {
        if (skipped) writer.range(skipped, SKIP)
        skipped = null
        return answer() ?? to
      }
      let end = to
      if (kind === FINGERPRINT && compare(this.fingerprint(from, to), payload)) {
        write(() => this.split(writer, from, to, upper))
      } else if (kind === ID_LIST && isResponder) {
        end = write(() => this.list(writer, from, to, upper, before.length))
      } else {
        if (kind === ID_LIST) this.learn(payload, from, to)
        skipped = upper
      }
      if (writer.length > this.most) {
        if (kind !== ID_LIST) writer.backTo(before)
        writer.range(END, FINGERPRINT, this.fingerprint(end, this.items.length))
        return writer.bytes()
      }
      from = to
    }
    return writer.bytes()
  }

  /** An IdList of own items; where it is cut because the message is full, the index of the cut. */
  list(writer, from, to, upper, lengthBefore) {
    let end = from
    while (end < to && lengthBefore + 32 * (end - from) <= this.most) end++
    const bound = end < to ? this.items[end] : upper
    writer.range(
      bound,
      ID_LIST,
      count(end - from),
      ...this.items.slice(from, end).map(({ id }) => id),
    )
    return end
  }

  split(writer, from, to, upper) {
    const size = to - from
    if (size < 2 * BUCKETS) {
      this.list(writer, from, to, upper, -Infinity)
      return
    }
    for (let bucket = 0, start = from; bucket < BUCKETS; bucket++) {
      const end = start + Math.floor(size / BUCKETS) + (bucket < size % BUCKETS ? 1 : 0)
      writer.range(
        end === to ? upper : this.between(end),
        FINGERPRINT,
        this.fingerprint(start, end),
      )
      start = end
    }
  }

  /** The shortest bound that separates an item from the one before. */
  between(index) {
    const [before, item] = [this.items[index - 1], this.items[index]]
    if (before.timestamp !== item.timestamp)
      return { timestamp: item.timestamp, id: new Uint8Array(0) }
    const common = item.id.findIndex((one, i) => one !== before.id[i])
    return { timestamp: item.timestamp, id: item.id.subarray(0, common + 1) }
  }

  indexOf(bound, from) {
    let [low, high] = [from, this.items.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (order(this.items[middle], bound) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  fingerprint(from, to) {
    const sum = BigInt.asUintN(256, this.sums[to] - this.sums[from])
    const bytes = Buffer.from(sum.toString(16).padStart(64, '0'), 'hex').reverse()
    return sha256(join(bytes, count(to - from))).slice(0, 16)
  }

  learn(ids, from, to) {
    const theirs = new Set(ids.map(hex))
    for (const { id } of this.items.slice(from, to))
      if (!theirs.delete(hex(id))) this.has.add(hex(id))
    for (const id of theirs) this.lacks.add(id)
  }
}
