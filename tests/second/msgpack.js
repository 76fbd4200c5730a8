// MessagePack in its one canonical form.
//
// Integers are numbers, beyond 2^53 BigInts; floats are `Float`; binaries are Uint8Array; maps are
// Map.
import { byCodePoints, join, same, u16, u32, u64, utf8 } from './bytes.js'
import { demand } from './refused.js'

const DEPTH = 16

export class Float {
  constructor(value) {
    this.value = value
  }
}

export const isInteger = (value) => typeof value === 'bigint' || Number.isSafeInteger(value)
export const isBinary = (value) => value instanceof Uint8Array
export const isText = (value) => typeof value === 'string'

// The first bytes of each width, by the widths of their lengths; `few` is where a length is part of
// the first byte.
const TEXT = { few: [0xa0, 31], 1: 0xd9, 2: 0xda, 4: 0xdb }
const BINARY = { 1: 0xc4, 2: 0xc5, 4: 0xc6 }
const ARRAY = { few: [0x90, 15], 2: 0xdc, 4: 0xdd }
const MAP = { few: [0x80, 15], 2: 0xde, 4: 0xdf }

function head(kind, length) {
  if (kind.few && length <= kind.few[1]) return Uint8Array.of(kind.few[0] | length)
  if (kind[1] && length < 0x100) return Uint8Array.of(kind[1], length)
  if (length < 0x10000) return join([kind[2]], u16(length))
  return join([kind[4]], u32(length))
}

function encodeInteger(value) {
  const n = BigInt(value)
  if (n >= 0n) {
    if (n < 128n) return Uint8Array.of(Number(n))
    if (n < 0x100n) return Uint8Array.of(0xcc, Number(n))
    if (n < 0x10000n) return join([0xcd], u16(n))
    if (n < 0x100000000n) return join([0xce], u32(n))
    return join([0xcf], u64(n))
  }
  if (n >= -32n) return Uint8Array.of(Number(n + 0x100n))
  if (n >= -0x80n) return Uint8Array.of(0xd0, Number(n + 0x100n))
  if (n >= -0x8000n) return join([0xd1], u16(n + 0x10000n))
  if (n >= -0x80000000n) return join([0xd2], u32(n + 0x100000000n))
  return join([0xd3], u64(n + 0x10000000000000000n))
}

function encodeFloat(value) {
  const bytes = new Uint8Array(9)
  bytes[0] = 0xcb
  new DataView(bytes.buffer).setFloat64(1, value)
  return bytes
}

export function encode(value) {
  if (value === null) return Uint8Array.of(0xc0)
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xc3 : 0xc2)
  if (isInteger(value)) return encodeInteger(value)
  if (value instanceof Float) return encodeFloat(value.value)
  if (isText(value)) return join(head(TEXT, utf8(value).length), utf8(value))
  if (isBinary(value)) return join(head(BINARY, value.length), value)
  if (Array.isArray(value)) return join(head(ARRAY, value.length), ...value.map(encode))
  if (value instanceof Map) {
    const keys = [...value.keys()].sort(byCodePoints)
    return join(
      head(MAP, keys.length),
      ...keys.flatMap((key) => [encode(key), encode(value.get(key))]),
    )
  }
  throw new TypeError(`${value} has no encoding`)
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
  }

  take(length) {
    demand(this.at + length <= this.bytes.length, 'it breaks off')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  number(width, signed = false) {
    const at = this.at
    this.take(width)
    const name = `get${width === 8 ? 'Big' : ''}${signed ? 'Int' : 'Uint'}${8 * width}`
    const value = this.view[name](at)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }

  value(depth) {
    const first = this.take(1)[0]
    if (first < 0x80) return first
    if (first < 0x90) return this.map(first & 15, depth)
    if (first < 0xa0) return this.array(first & 15, depth)
    if (first < 0xc0) return this.text(first & 31)
    if (first >= 0xe0) return first - 0x100
    switch (first) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return Uint8Array.from(this.take(this.number(1 << (first - 0xc4))))
      case 0xcb:
        return this.float()
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.number(1 << (first - 0xcc))
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.number(1 << (first - 0xd0), true)
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.number(1 << (first - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.array(this.number(2 << (first - 0xdc)), depth)
      case 0xde:
      case 0xdf:
        return this.map(this.number(2 << (first - 0xde)), depth)
    }
    return demand(false, 'a byte that begins nothing here')
  }

  float() {
    const at = this.at
    this.take(8)
    const value = this.view.getFloat64(at)
    demand(Number.isFinite(value), 'a float that is no number')
    return new Float(value)
  }

  text(length) {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(length))
    } catch {
      return demand(false, 'text that is not UTF-8')
    }
  }

  array(length, depth) {
    demand(depth < DEPTH, 'too many levels')
    demand(length <= this.bytes.length, 'it breaks off')
    return Array.from({ length }, () => this.value(depth + 1))
  }

  map(length, depth) {
    demand(depth < DEPTH, 'too many levels')
    const map = new Map()
    let before = ''
    for (let i = 0; i < length; i++) {
      const key = this.value(depth + 1)
      demand(isText(key) && byCodePoints(before, key) < 0, 'keys are not texts that ascend')
      map.set(key, this.value(depth + 1))
      before = key
    }
    return map
  }
}

/** The value of bytes that are its canonical encoding; others are Refused. */
export function decode(bytes) {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  demand(reader.at === bytes.length, 'bytes after the value')
  demand(same(encode(value), bytes), 'not in the shortest form')
  return value
}
