// Whether a receipt's hand is the one that its seed deals, and all that is not as it should be.
import { hex, same } from './bytes.js'
import { draw } from './draw.js'
import * as seeds from './seeds.js'
import { friendsOf } from './vouches.js'
import { numbersOf, Hosts, isStranger, stepTo, STEPS, vouchedDraw } from './walks.js'

/** Two events of one register, of which nothing can be dealt. */
function isDoubled(candidates) {
  const registers = new Map()
  const key = ({ id, series, source }) => JSON.stringify([hex(id), series, source])
  return candidates.some((one) => {
    const register = `${hex(one.host)}/${one.slot}`
    const before = registers.get(register) ?? key(one)
    registers.set(register, before)
    return before !== key(one)
  })
}

function* seedDifferences({ seed, origin, n, candidates, others }, secret) {
  const differs = (other) => !same(seed, other)
  if (origin.kind === 'dice') {
    const events = seeds.eventsAmong([...candidates, ...others])
    if (origin.rolls.length < seeds.rollsNeeded(events)) yield 'dice'
    if (differs(seeds.diceSeed(origin.rolls))) yield 'seed'
  } else if (origin.kind === 'witness') {
    const { commitment, date, r, word } = origin
    if (!same(commitment, seeds.commitment(candidates, n, date, r))) yield 'commitment'
    if (differs(seeds.witnessSeed(commitment, r, word))) yield 'seed'
  } else if (secret && origin.kind === 'solo') {
    if (differs(seeds.soloSeed(origin.date, origin.redraw, secret))) yield 'seed'
  } else if (secret && origin.kind === 'table') {
    if (differs(seeds.tableSeed(origin.date, origin.redraw, secret))) yield 'seed'
  }
}

const isSameCard = (a, b) =>
  same(a.host, b.host) &&
  a.slot === b.slot &&
  same(a.id, b.id) &&
  a.round === b.round &&
  same(a.ticket, b.ticket) &&
  a.wild === b.wild &&
  ['organisers', 'series', 'events', 'deck'].every((key) => a.odds[key] === b.odds[key])

const isSameWalk = (a, b) =>
  a.number === b.number && JSON.stringify(a.path) === JSON.stringify(b.path)

function* handDifferences(hand, dealt) {
  for (let i = 0; i < Math.max(hand.length, dealt.length); i++) {
    if (!hand[i] || !dealt[i] || !isSameCard(hand[i], dealt[i])) yield `card ${i + 1}`
  }
}

function* vouchedDifferences({ seed, n, candidates, hand, vouched }, friends) {
  const { met, strangers } = vouched
  const dealt = vouchedDraw({ seed, candidates, n, met, friends, strangers })
  yield* handDifferences(hand, dealt)
  if (hand.length !== dealt.length || !hand.every((card, i) => isSameWalk(card, dealt[i])))
    yield 'walks'
}

function* vouchDifferences(vouches) {
  const registers = new Set(vouches.map(({ register }) => register))
  const networks = new Set(vouches.map(({ network }) => hex(network)))
  const areRight = registers.size === vouches.length && networks.size <= 1
  if (!areRight || !vouches.every((vouch) => vouch.isSigned())) yield 'vouches'
}

/** What can be checked of paths that lack their first hosts. */
function* hiddenDifferences({ seed, n, candidates, hand, vouched }, friends) {
  const hosts = new Hosts(seed, candidates)
  const isWalked = ({ number, path }, before) =>
    number > before &&
    number < numbersOf(n) &&
    (path === null) === (vouched.strangers && isStranger(seed, number)) &&
    (path === null || isWalk(seed, number, path, friends))
  if (hand.length > n || !hand.every((card, i) => isWalked(card, hand[i - 1]?.number ?? -1)))
    yield 'walks'
  for (const [i, card] of hand.entries()) {
    const next =
      card.path === null ? hosts.next(null) : hosts.nextOnPath([hex(card.host), ...card.path])
    if (!next || !isSameCard(card, next)) yield `card ${i + 1}`
    if (next) hosts.dealt.add(next.event)
  }
}

/** Whether a path from step 1 on goes and ends where it must. */
function isWalk(seed, number, path, friends) {
  return (
    path.length < STEPS &&
    path.every((host, i) => {
      const step = i + 2
      return step === STEPS || stepTo(seed, number, step, friends.get(host) ?? []) === path[i + 1]
    })
  )
}

/**
 * 'deck', 'dice', 'commitment', 'seed', 'vouches', 'walks', 'card 1' …; `secret` is the person's or
 * the table's.
 */
export function verify(receipt, secret) {
  const { seed, n, wild, candidates, others, hand, vouched } = receipt
  const found = [...seedDifferences(receipt, secret)]
  if (isDoubled([...candidates, ...others])) return [...found, 'deck']
  if (!vouched) return [...found, ...handDifferences(hand, draw(seed, candidates, n, wild, others))]
  const friends = friendsOf(vouched.vouches)
  const differences = vouched.met ? vouchedDifferences : hiddenDifferences
  return [...found, ...vouchDifferences(vouched.vouches), ...differences(receipt, friends)]
}
