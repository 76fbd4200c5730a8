// Bytes: hexadecimal, joining, comparing, and integers of a fixed width (big-endian).

export const hex = (bytes) => Buffer.from(bytes).toString('hex')

export const unhex = (text) => Uint8Array.from(Buffer.from(text, 'hex'))

export const utf8 = (text) => new TextEncoder().encode(text)

/** Of bytes, or of arrays of single ones. */
export const join = (...parts) =>
  Uint8Array.from(
    Buffer.concat(parts.map((part) => (Array.isArray(part) ? Uint8Array.from(part) : part))),
  )

export const compare = (a, b) => Buffer.compare(a, b)

export const same = (a, b) => compare(a, b) === 0

export const byte = (value) => Uint8Array.of(value)

function big(width, value) {
  const bytes = new Uint8Array(width)
  let rest = BigInt(value)
  for (let i = width - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 255n)
  if (rest !== 0n) throw new RangeError(`${value} has no u${8 * width}`)
  return bytes
}

export const u16 = (value) => big(2, value)
export const u32 = (value) => big(4, value)
export const u64 = (value) => big(8, value)

export const number = (bytes) => bytes.reduce((sum, next) => (sum << 8n) | BigInt(next), 0n)

/** The zero bits at the beginning, bit 7 of the first byte first. */
export function zeroBits(bytes) {
  const first = bytes.findIndex((one) => one !== 0)
  return first < 0 ? 8 * bytes.length : 8 * first + Math.clz32(bytes[first]) - 24
}

/** Orders by code points, which is the order of the UTF-8 bytes (and not that of UTF-16). */
export const byCodePoints = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))
