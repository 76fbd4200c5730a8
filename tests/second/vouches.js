// Vouches: "I have met the keeper of this key", said publicly or taken back.
import { compare, hex, same } from './bytes.js'
import { demandBinary, demandInteger, demandTimes, idOf, labelled, unwrap } from './announcement.js'
import { AHEAD, decisionOf, REMEMBERED } from './admission.js'
import * as keys from './keys.js'
import { decode, encode } from './msgpack.js'
import { demand } from './refused.js'
import { birthZeroBits } from './stamps.js'

const MOST_BYTES = 256
const LABEL = 'potluck-vouch-v1'

export class Vouch {
  constructor(fields) {
    Object.assign(this, fields)
    this.register = `${hex(this.by)}/${this.index}`
  }

  isSigned() {
    return keys.verify(this.signature, labelled(LABEL, this.signed), this.by)
  }

  supersedes(other) {
    return (
      this.expiresAt - other.expiresAt ||
      this.issuedAt - other.issuedAt ||
      compare(this.id, other.id)
    )
  }
}

export function read(encoded) {
  const [signed, signature] = unwrap(encoded, MOST_BYTES)
  const fields = decode(signed)
  demand(Array.isArray(fields) && fields.length === 9, 'not nine fields')
  const [version, network, by, nonce, index, host, issuedAt, expiresAt, given] = fields
  demand(version === 1, 'another version')
  demandBinary(network, 16)
  demandBinary(by, 32)
  demandBinary(nonce, 8)
  demandInteger(index, 63)
  demandBinary(host, 32)
  demand(!same(host, by), 'a vouch for oneself')
  demandTimes(issuedAt, expiresAt)
  demand(typeof given === 'boolean', 'neither given nor taken back')
  return new Vouch({
    encoded,
    signed,
    signature,
    id: idOf(signed),
    network,
    by,
    nonce,
    index,
    host,
    issuedAt,
    expiresAt,
    given,
  })
}

export function write({ network, nonce, index, host, issuedAt, expiresAt, given }, secret) {
  const by = keys.publicKey(secret)
  const signed = encode([1, network, by, nonce, index, host, issuedAt, expiresAt, given])
  return read(encode([signed, keys.sign(labelled(LABEL, signed), secret)]))
}

/** The winning vouches that a node knows. */
export class Vouches {
  constructor(network) {
    this.network = network
    this.heads = new Map()
  }

  arrive(bytes, now) {
    return decisionOf(() => this.decide(read(bytes), now))
  }

  decide(vouch, now) {
    demand(same(vouch.network, this.network.id), 'of another network', 'network')
    if (now >= vouch.expiresAt) return 'expired'
    if (vouch.issuedAt > now + AHEAD) return 'future'
    const head = this.heads.get(vouch.register)
    if (head && same(head.id, vouch.id)) return 'seen'
    demand(
      birthZeroBits(this.network.id, vouch.by, vouch.nonce) >= this.network.stampBits,
      'not enough zero bits',
      'stamp',
    )
    demand(vouch.isSigned(), 'the signature does not hold', 'signature')
    if (head && vouch.supersedes(head) < 0) return 'superseded'
    this.heads.set(vouch.register, vouch)
    return 'fresh'
  }

  read(bytes) {
    return read(bytes)
  }

  holds(id) {
    return [...this.heads.values()].some((head) => hex(head.id) === id)
  }

  live(now) {
    return [...this.heads.values()].filter((head) => head.expiresAt > now)
  }

  forget(now) {
    for (const [register, head] of this.heads) {
      if (head.expiresAt + REMEMBERED <= now) this.heads.delete(register)
    }
  }
}

/**
 * Of each host (hex) the hosts for whom it vouches and who vouch back, from vouches that win and
 * live.
 */
export function friendsOf(vouches) {
  const given = new Map()
  for (const { by, host } of vouches.filter((vouch) => vouch.given)) {
    given.set(hex(by), (given.get(hex(by)) ?? new Set()).add(hex(host)))
  }
  const returned = (by, host) => given.get(host)?.has(by)
  return new Map(
    [...given].map(([by, hosts]) => [by, [...hosts].filter((host) => returned(by, host))]),
  )
}
