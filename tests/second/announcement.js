// Announcements: bytes to fields and back.
import { byte, compare, hex, join, u64, utf8 } from './bytes.js'
import { demandBody } from './body.js'
import { hash256 } from './hash.js'
import * as keys from './keys.js'
import { decode, encode, isBinary, isInteger } from './msgpack.js'
import { demand } from './refused.js'

export const MOST_BYTES = 4096
export const STATUS = ['scheduled', 'postponed', 'cancelled', 'withdrawn']
const LONGEST = 400 * 86400
const DAY = 86400

const U32 = 0xffffffff
const U64 = 0xffffffffffffffffn

export const idOf = (signed) => hash256(signed, 'potluck.id')

/** What is signed, after the name of the kind of thing it is. */
export const labelled = (label, signed) => join(utf8(label), byte(0), signed)

const LABEL = 'potluck-announcement-v1'

/** The two binaries of canonical [signed, signature]. */
export function unwrap(encoded, mostBytes) {
  demand(encoded.length <= mostBytes, 'too long', 'oversize')
  const pair = decode(encoded)
  demand(Array.isArray(pair) && pair.length === 2 && pair.every(isBinary), 'no pair of binaries')
  demand(pair[1].length === 64, 'no signature')
  return pair
}

export const demandBinary = (value, length) =>
  demand(isBinary(value) && value.length === length, `no binary of ${length} bytes`)

export const demandInteger = (value, most) =>
  demand(isInteger(value) && value >= 0 && value <= most, `no integer up to ${most}`)

export function demandTimes(issuedAt, expiresAt) {
  demandInteger(issuedAt, U32)
  demandInteger(expiresAt, U32)
  demand(issuedAt < expiresAt && expiresAt <= issuedAt + LONGEST, 'no time to live')
}

export class Announcement {
  constructor(fields) {
    Object.assign(this, fields)
    this.register = `${hex(this.host)}/${hex(u64(this.slot))}`
  }

  get source() {
    return this.body?.get('source') ?? null
  }

  isSigned() {
    return keys.verify(this.signature, labelled(LABEL, this.signed), this.host)
  }

  /** Whether this one wins over another one of its register. */
  supersedes(other) {
    return this.revision - other.revision || compare(this.id, other.id)
  }
}

export function read(encoded) {
  const [signed, signature] = unwrap(encoded, MOST_BYTES)
  const fields = decode(signed)
  demand(Array.isArray(fields) && fields.length === 10, 'not ten fields')
  const [version, network, host, nonce, slot, revision, issuedAt, expiresAt, status, body] = fields
  demand(version === 1, 'another version')
  demandBinary(network, 16)
  demandBinary(host, 32)
  demandBinary(nonce, 8)
  demandInteger(slot, U64)
  demandInteger(revision, 0xffff)
  demandTimes(issuedAt, expiresAt)
  demandInteger(status, 3)
  if (STATUS[status] === 'withdrawn') demand(body === null, 'withdrawn with a body')
  else demandBody(body, STATUS[status] === 'scheduled')
  return new Announcement({
    encoded,
    signed,
    signature,
    id: idOf(signed),
    network,
    host,
    nonce,
    slot: BigInt(slot),
    revision,
    issuedAt,
    expiresAt,
    status: STATUS[status],
    body,
  })
}

/**
 * Signs an announcement; `fields` are those of an Announcement, the host's key follows from
 * `secret`.
 */
export function write(fields, secret) {
  const { network, nonce, slot, revision, issuedAt, expiresAt, status, body } = fields
  const signed = encode([
    1,
    network,
    keys.publicKey(secret),
    nonce,
    slot,
    revision,
    issuedAt,
    expiresAt,
    STATUS.indexOf(status),
    body,
  ])
  return read(encode([signed, keys.sign(labelled(LABEL, signed), secret)]))
}

export function defaultExpiry(issuedAt, end) {
  return Math.min(Math.max(end, issuedAt) + 30 * DAY, issuedAt + LONGEST)
}
