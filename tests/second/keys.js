// Ed25519 as libsodium 1.0.18 judges it, and the seal of closed networks.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { join, number, same } from './bytes.js'

const { Point } = ed25519
const ORDER = Point.Fn.ORDER

const littleEndian = (bytes) => number(Uint8Array.from(bytes).reverse())

export const publicKey = (secret) => ed25519.getPublicKey(secret)

export const sign = (message, secret) => ed25519.sign(message, secret)

function pointOf(key) {
  try {
    return Point.fromBytes(key, false)
  } catch {
    return undefined
  }
}

export function verify(signature, message, key) {
  if (signature.length !== 64 || key.length !== 32) return false
  const r = signature.subarray(0, 32)
  const s = littleEndian(signature.subarray(32))
  const a = pointOf(key)
  if (s >= ORDER || !a || a.isSmallOrder()) return false
  const h = littleEndian(sha512(join(r, key, message))) % ORDER
  const point = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(h))
  return !point.isSmallOrder() && same(point.toBytes(), r)
}
