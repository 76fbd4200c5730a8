// What the vectors of several files have in common.
import assert from 'node:assert/strict'
import { hex, unhex, utf8 } from '../bytes.js'
import { hash256 } from '../hash.js'
import { Float } from '../msgpack.js'
import { Network } from '../networks.js'
import { Refused } from '../refused.js'

export const equal = assert.deepEqual

export const refuses = (action) => assert.throws(action, Refused)

export const hashed = (text) => hash256(utf8(text))

export const networkOf = ({ name, stamp_bits, secret }) =>
  new Network({ name, stampBits: stamp_bits, secret: secret && unhex(secret) })

const VECTORS = { name: 'vectors', stamp_bits: 8, secret: null }
const SECRET = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

/** networks[0] and networks[1] of announcement.json, by their ids. */
export const NETWORKS = Object.fromEntries(
  [networkOf(VECTORS), networkOf({ ...VECTORS, secret: SECRET })].map((one) => [hex(one.id), one]),
)

const isFloat = (key, value) => key === 'lat' || key === 'lon' || value === 2.5

/** JSON as what MessagePack encodes: bytes are {"hex": …}. */
export function valueOf(json, key = '') {
  if (typeof json === 'number') return isFloat(key, json) ? new Float(json) : json
  if (Array.isArray(json)) return json.map((one) => valueOf(one))
  if (json === null || typeof json !== 'object') return json
  if ('hex' in json) return unhex(json.hex)
  return new Map(Object.entries(json).map(([name, value]) => [name, valueOf(value, name)]))
}
