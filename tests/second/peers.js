// A libp2p key's peer id, and the signed records in which peers tell their addresses.
import { demandBinary, demandInteger, labelled, unwrap } from './announcement.js'
import { join, number } from './bytes.js'
import * as keys from './keys.js'
import { decode, encode, isText } from './msgpack.js'
import { demand } from './refused.js'
import { lengthOf } from './text.js'

const MOST_BYTES = 2048
const LABEL = 'potluck-peer-record-v1'
const MOST_ADDRESSES = 8
const LIFE = 7 * 86400
const AHEAD = 600

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** What comes before an Ed25519 key in its identity peer id. */
export const IDENTITY = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

export function peerId(key) {
  const bytes = join(IDENTITY, key)
  let text = ''
  for (let rest = number(bytes); rest; rest /= 58n) text = BASE58[Number(rest % 58n)] + text
  return '1'.repeat(bytes.findIndex((one) => one !== 0)) + text
}

const DIALLED = String.raw`/(?:ip4|ip6|dns|dns4|dns6)/[^/]+/tcp/\d{1,5}/p2p/[1-9A-HJ-NP-Za-km-z]+`
const FORM = new RegExp(`^${DIALLED}(?:/p2p-circuit/p2p/[1-9A-HJ-NP-Za-km-z]+)?$`)

const isTaken = (address, key) =>
  lengthOf(address) <= 256 && FORM.test(address) && address.endsWith(`/p2p/${peerId(key)}`)

export function readRecord(encoded) {
  const [signed, signature] = unwrap(encoded, MOST_BYTES)
  const fields = decode(signed)
  demand(Array.isArray(fields) && fields.length === 5, 'not five fields')
  const [version, network, key, issuedAt, addresses] = fields
  demand(version === 1, 'another version')
  demandBinary(network, 16)
  demandBinary(key, 32)
  demandInteger(issuedAt, 0xffffffff)
  demand(Array.isArray(addresses) && addresses.every(isText), 'no addresses')
  demand(keys.verify(signature, labelled(LABEL, signed), key), 'the signature does not hold')
  const taken = addresses.slice(0, MOST_ADDRESSES).filter((address) => isTaken(address, key))
  return { encoded, network, key, issuedAt, addresses: taken }
}

export const isCurrent = ({ issuedAt }, now) => issuedAt <= now + AHEAD && now < issuedAt + LIFE

export function writeRecord({ network, issuedAt, addresses }, secret) {
  const signed = encode([1, network, keys.publicKey(secret), issuedAt, addresses])
  return encode([signed, keys.sign(labelled(LABEL, signed), secret)])
}
