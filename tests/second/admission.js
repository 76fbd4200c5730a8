// Whether bytes that arrive are kept: for announcements here, for vouches in vouches.js.
import { hex, same } from './bytes.js'
import { read } from './announcement.js'
import { demand, Refused } from './refused.js'
import { birthZeroBits, sourceBits, sourceZeroBits } from './stamps.js'

export const AHEAD = 600
export const REMEMBERED = 24 * 3600
const LIMIT = 16_384

/** The decision about bytes as text: `decide` returns it, or throws Refused for an offence. */
export function decisionOf(decide) {
  try {
    return decide()
  } catch (error) {
    if (error instanceof Refused) return `offence ${error.offence}`
    throw error
  }
}

export class Deck {
  constructor(network, limit = LIMIT) {
    this.network = network
    this.limit = limit
    this.heads = new Map() // register → the announcement that wins
    this.known = new Map() // id → when it may be forgotten
    this.floors = new Map() // host → { slot, until }: smallest slot dropped, latest expiry of those
  }

  /** 'fresh', 'seen', 'expired', 'future', 'superseded', 'over limit' or 'offence …'. */
  arrive(bytes, now) {
    return decisionOf(() => this.decide(read(bytes), now))
  }

  decide(announcement, now) {
    demand(same(announcement.network, this.network.id), 'of another network', 'network')
    if (now >= announcement.expiresAt) return 'expired'
    if (announcement.issuedAt > now + AHEAD) return 'future'
    if (this.known.has(hex(announcement.id))) return 'seen'
    demand(this.isPaid(announcement), 'not enough zero bits', 'stamp')
    demand(announcement.isSigned(), 'the signature does not hold', 'signature')
    this.known.set(hex(announcement.id), announcement.expiresAt + REMEMBERED)
    const head = this.heads.get(announcement.register)
    if (head && announcement.supersedes(head) < 0) return 'superseded'
    if (!head && !this.makeRoom(announcement, now)) return 'over limit'
    this.heads.set(announcement.register, announcement)
    return 'fresh'
  }

  read(bytes) {
    return read(bytes)
  }

  holds(id) {
    return this.known.has(id)
  }

  isPaid({ host, nonce, source }) {
    const { id, stampBits } = this.network
    if (birthZeroBits(id, host, nonce) < stampBits) return false
    return (
      !source ||
      sourceZeroBits(id, host, source.get('id'), source.get('stamp')) >= sourceBits(stampBits)
    )
  }

  /**
   * Whether a new register is within its host's limit; the largest slot is dropped for it if need
   * be.
   */
  makeRoom(announcement, now) {
    const host = hex(announcement.host)
    const floor = this.floors.get(host)
    if (floor && now < floor.until && announcement.slot >= floor.slot) {
      this.drop(announcement, now)
      return false
    }
    const live = this.live(now).filter((head) => same(head.host, announcement.host))
    if (live.length < this.limit) return true
    const largest = [...live, announcement].reduce((a, b) => (b.slot > a.slot ? b : a))
    this.heads.delete(largest.register)
    this.drop(largest, now)
    return largest !== announcement
  }

  drop({ host, slot, expiresAt }, now) {
    const before = this.floors.get(hex(host))
    const lasts = before && now < before.until
    this.floors.set(
      hex(host),
      lasts
        ? {
            slot: slot < before.slot ? slot : before.slot,
            until: Math.max(before.until, expiresAt),
          }
        : { slot, until: expiresAt },
    )
  }

  live(now) {
    return [...this.heads.values()].filter((head) => head.expiresAt > now)
  }

  forget(now) {
    for (const [id, until] of this.known) if (until <= now) this.known.delete(id)
    for (const [register, head] of this.heads) {
      if (head.expiresAt + REMEMBERED <= now) this.heads.delete(register)
    }
  }
}
