// The draw: candidates and a seed to a hand.
//
// A candidate is { host, slot, id, series, source }: bytes, BigInt, bytes, text or null, text or
// null. Here its items and tickets are named by their bytes in hexadecimal, which order as the
// bytes do.
import { byte, compare, hex, join, u64, utf8 } from './bytes.js'
import { hash128 } from './hash.js'

export const ticket = (seed, label, item) => hash128(item, label, seed)

export const who = ({ host, source }) =>
  source === null ? join([0], host) : join([1], utf8(source), [0])

export const eventItem = (candidate) => join(who(candidate), u64(candidate.slot))

export const seriesItem = (candidate) =>
  candidate.series === null
    ? join(who(candidate), byte(0), u64(candidate.slot))
    : join(who(candidate), byte(1), utf8(candidate.series))

export const rowOf = ({ host, slot, id }) => join(host, u64(slot), id)

/** The candidates without what is there twice. */
export const distinct = (candidates) => [
  ...new Map(
    candidates.map((one) => [hex(rowOf(one)) + JSON.stringify([one.series, one.source]), one]),
  ).values(),
]

const nameOfLine = ({ host, source }) => hex(host) + (source === null ? '' : ` ${source}`)

function grouped(items, keyOf) {
  const groups = new Map()
  for (const item of items) {
    const key = keyOf(item)
    if (!groups.has(key)) groups.set(key, [])
    groups.get(key).push(item)
  }
  return groups
}

/** Orders by ticket, then by item. */
const byTicket = (a, b) => compare(a.ticket, b.ticket) || compare(a.item, b.item)

const sorted = (seed, label, items) =>
  items.map((item) => ({ item, ticket: ticket(seed, label, item) })).sort(byTicket)

/** The candidates of one line in their order: first events of all series, then second ones. */
function ordered(seed, candidates) {
  const series = grouped(candidates, (one) => hex(seriesItem(one)))
  const names = sorted(seed, 'potluck.series', candidates.map(seriesItem)).map(({ item }) =>
    hex(item),
  )
  const columns = [...new Set(names)].map((name) => {
    const events = new Map(series.get(name).map((one) => [hex(eventItem(one)), one]))
    return sorted(seed, 'potluck.event', [...events.values()].map(eventItem)).map(({ item }) =>
      events.get(hex(item)),
    )
  })
  const longest = Math.max(...columns.map((column) => column.length))
  return Array.from({ length: longest }, (_, row) =>
    columns.filter((column) => row < column.length).map((column) => column[row]),
  ).flat()
}

/** The lines of a seed: { name, events, turn }, each event being a candidate. */
function linesOf(seed, candidates) {
  return [...grouped(candidates, nameOfLine)].map(([name, members]) => {
    const events = ordered(seed, members)
    const item = events[0].source === null ? who(events[0]) : eventItem(events[0])
    return { name, events, turn: ticket(seed, 'potluck.turn', item) }
  })
}

/**
 * Cards without their odds, up to n of them: { event, round, turn }. `turnsHad` is by the lines'
 * names.
 */
function deal(seed, lines, n, turnsHad) {
  const cards = []
  const dealt = new Set()
  const offset = (line) => turnsHad.get(line.name) ?? 0
  const rounds = Math.max(0, ...lines.map((line) => line.events.length + offset(line)))
  for (let round = 1; round <= rounds && cards.length < n; round++) {
    const offers = lines
      .map((line) => ({ turn: line.turn, event: line.events[round - 1 - offset(line)] }))
      .filter(({ event }) => event)
      .map(({ turn, event }) => ({ turn, item: eventItem(event) }))
    const ties = new Map()
    const second = ({ item }) => {
      const key = hex(item)
      if (!ties.has(key)) ties.set(key, ticket(seed, 'potluck.event', item))
      return ties.get(key)
    }
    offers.sort(
      (a, b) => compare(a.turn, b.turn) || compare(second(a), second(b)) || compare(a.item, b.item),
    )
    for (const { turn, item } of offers) {
      if (cards.length === n) break
      if (dealt.has(hex(item))) continue
      dealt.add(hex(item))
      cards.push({ event: hex(item), round, turn })
    }
  }
  return cards
}

/** What a card's odds and the version that stands are told from. */
class Table {
  constructor(seed, candidates) {
    this.seed = seed
    this.lines = linesOf(seed, candidates)
    this.versions = grouped(candidates, (one) => hex(eventItem(one)))
    this.series = grouped(candidates, (one) => hex(seriesItem(one)))
    this.seriesOf = new Map(
      [...grouped(candidates, (one) => hex(who(one)))].map(([name, members]) => [
        name,
        new Set(members.map((one) => hex(seriesItem(one)))).size,
      ]),
    )
    this.organisers = new Set(this.lines.map(({ turn }) => hex(turn))).size
  }

  card({ event, round, turn }, wild) {
    const versions = this.versions.get(event)
    const relays = versions.map((version) => ({
      version,
      item: version.host,
      ticket: ticket(this.seed, 'potluck.relay', version.host),
    }))
    const stands = relays.sort(byTicket)[0].version
    return { ...stands, event, round, ticket: turn, wild, odds: this.odds(versions) }
  }

  odds(versions) {
    const names = new Set(versions.map((version) => hex(seriesItem(version))))
    const events = new Set(
      [...names].flatMap((name) => this.series.get(name).map((one) => hex(eventItem(one)))),
    )
    return {
      organisers: this.organisers,
      series: this.seriesOf.get(hex(who(versions[0]))),
      events: events.size,
      deck: this.versions.size,
    }
  }

  deal(n, turnsHad = new Map()) {
    return deal(this.seed, this.lines, n, turnsHad)
  }
}

/** The whole order in which these candidates would be dealt, as cards. */
export function order(seed, candidates) {
  const table = new Table(seed, distinct(candidates))
  return table.deal(Infinity).map((card) => table.card(card, false))
}

/** How often each line of the open candidates held one of the events that were dealt wild. */
function turnsHadBy(open, dealt) {
  const turns = new Map()
  for (const [name, members] of grouped(open, nameOfLine)) {
    const held = new Set(members.map((one) => hex(eventItem(one))))
    turns.set(name, dealt.filter(({ event }) => held.has(event)).length)
  }
  return turns
}

/** A hand of n, the last `wild` of which are dealt from the candidates and the others. */
export function draw(seed, candidates, n, wild = 0, others = []) {
  const own = distinct(candidates)
  const open = distinct([...candidates, ...others])
  const openTable = new Table(seed, open)
  const wildCards = openTable.deal(wild)
  const gone = new Set(wildCards.map(({ event }) => event))
  const left = own.filter((one) => !gone.has(hex(eventItem(one))))
  const table = new Table(seed, left)
  return [
    ...table.deal(n - wild, turnsHadBy(open, wildCards)).map((card) => table.card(card, false)),
    ...wildCards.map((card) => openTable.card(card, true)),
  ]
}
