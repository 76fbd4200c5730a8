// The vouched draw: who is a stranger is decided by walks among friends.
import { compare, hex, join, u32, unhex } from './bytes.js'
import { order, ticket } from './draw.js'

export const STEPS = 5
const STRANGER = 26 // of 256

export const numbersOf = (n) => 4 * n

export const isStranger = (seed, number) =>
  ticket(seed, 'potluck.walk', join(u32(number), u32(0xffffffff)))[0] < STRANGER

/** Who of these (hex) a walk steps to. */
export function stepTo(seed, number, step, hosts) {
  const tickets = hosts.map((host) => ({
    host,
    ticket: ticket(seed, 'potluck.walk', join(u32(number), u32(step), unhex(host))),
  }))
  tickets.sort((a, b) => compare(a.ticket, b.ticket) || (a.host < b.host ? -1 : 1))
  return tickets[0]?.host
}

/** The hosts of a walk. `friends` gives those of a host; all are hex. */
export function walk(seed, number, met, friends) {
  const path = []
  while (path.length < STEPS) {
    const next = stepTo(
      seed,
      number,
      path.length,
      path.length ? (friends.get(path.at(-1)) ?? []) : met,
    )
    if (!next) break
    path.push(next)
  }
  return path
}

export class Hosts {
  /**
   * The cards of each host, in the order in which its candidates alone would be dealt; and of all.
   */
  constructor(seed, candidates) {
    this.seed = seed
    this.candidates = candidates
    this.orders = new Map()
    this.dealt = new Set()
  }

  orderOf(host) {
    if (!this.orders.has(host)) {
      const own =
        host === null ? this.candidates : this.candidates.filter((one) => hex(one.host) === host)
      this.orders.set(host, order(this.seed, own))
    }
    return this.orders.get(host)
  }

  next(host) {
    return this.orderOf(host).find(({ event }) => !this.dealt.has(event))
  }

  /** The first event not yet dealt of the last host on the path that has one. */
  nextOnPath(path) {
    return path
      .toReversed()
      .map((host) => this.next(host))
      .find((card) => card)
  }
}

export function vouchedDraw({ seed, candidates, n, met, friends, strangers = true }) {
  const hosts = new Hosts(seed, candidates)
  const hand = []
  for (let number = 0; number < numbersOf(n) && hand.length < n; number++) {
    const path = strangers && isStranger(seed, number) ? null : walk(seed, number, met, friends)
    const card = path === null ? hosts.next(null) : hosts.nextOnPath(path)
    if (!card) continue
    hosts.dealt.add(card.event)
    hand.push({ ...card, number, path })
  }
  return hand
}
