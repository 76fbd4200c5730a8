// MessagePack in the one form that PROTOCOL.md, "Encoding", allows. Integers are BigInt, floats Float, binaries Uint8Array, maps Map.

export class Float {
  constructor (value) { this.value = value }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const number = (bytes) => bytes.reduce((sum, byte) => sum << 8n | BigInt(byte), 0n)
const refuse = (why) => { throw new Error(why) }

// By first byte: width in bytes of a length or integer, and the least (or for negative ones the first too large) value that needs it.
const LENGTHS = {
  binary: { 0xc4: [1, 0], 0xc5: [2, 256], 0xc6: [4, 65536] },
  text: { 0xd9: [1, 32], 0xda: [2, 256], 0xdb: [4, 65536] },
  array: { 0xdc: [2, 16], 0xdd: [4, 65536] },
  map: { 0xde: [2, 16], 0xdf: [4, 65536] }
}
const UNSIGNED = { 0xcc: [1, 128n], 0xcd: [2, 256n], 0xce: [4, 65536n], 0xcf: [8, 1n << 32n] }
const NEGATIVE = { 0xd0: [1, -32n], 0xd1: [2, -128n], 0xd2: [4, -32768n], 0xd3: [8, -(1n << 31n)] }

class Reader {
  constructor (bytes) { this.bytes = bytes; this.at = 0 }

  take (length) {
    if (this.at + length > this.bytes.length) refuse('it breaks off')
    this.at += length
    return this.bytes.slice(this.at - length, this.at)
  }

  // [type, length] of what has one, or null
  length (first) {
    if (first >= 0x80 && first < 0x90) return ['map', first & 15]
    if (first >= 0x90 && first < 0xa0) return ['array', first & 15]
    if (first >= 0xa0 && first < 0xc0) return ['text', first & 31]
    for (const [type, forms] of Object.entries(LENGTHS)) {
      if (!(first in forms)) continue
      const [width, least] = forms[first]
      const length = Number(number(this.take(width)))
      return length < least ? refuse('a length in a longer form') : [type, length]
    }
    return null
  }

  integer (first) {
    if (first < 0x80) return BigInt(first)
    if (first >= 0xe0) return BigInt(first) - 256n
    if (first in UNSIGNED) {
      const [width, least] = UNSIGNED[first]
      const value = number(this.take(width))
      return value < least ? refuse('an integer in a longer form') : value
    }
    const [width, above] = NEGATIVE[first] ?? refuse('a type that is not allowed')
    const value = BigInt.asIntN(8 * width, number(this.take(width)))
    return value < above ? value : refuse('an integer in a longer form')
  }

  value (levels) {
    const [first] = this.take(1)
    if (first === 0xc0) return null
    if (first === 0xc2 || first === 0xc3) return first === 0xc3
    if (first === 0xcb) return this.float()
    const [type, length] = this.length(first) ?? []
    if (type === 'binary') return this.take(length)
    if (type === 'text') return utf8.decode(this.take(length))
    if (type === undefined) return this.integer(first)
    if (levels === 0) refuse('too many levels')
    return type === 'array' ? this.array(length, levels - 1) : this.map(length, levels - 1)
  }

  float () {
    const value = Buffer.from(this.take(8)).readDoubleBE()
    return Number.isFinite(value) ? new Float(value) : refuse('a float that is no number')
  }

  array (length, levels) {
    const items = []
    while (items.length < length) items.push(this.value(levels))
    return items
  }

  map (length, levels) {
    const items = new Map()
    let last = Buffer.alloc(0) // the empty key is refused, too
    while (items.size < length) {
      const key = this.value(levels)
      if (typeof key !== 'string' || Buffer.from(key).compare(last) <= 0) refuse('keys that are no text or not ascending')
      last = Buffer.from(key)
      items.set(key, this.value(levels))
    }
    return items
  }
}

export function decode (bytes) {
  const reader = new Reader(bytes)
  const value = reader.value(16)
  return reader.at === bytes.length ? value : refuse('bytes after the end')
}
