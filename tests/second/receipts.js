// Receipts: one JSON object that says how a hand came about.
import { byCodePoints, compare, hex, u64, unhex, utf8 } from './bytes.js'
import { distinct } from './draw.js'
import { hash256 } from './hash.js'
import { parse, stringify } from './json.js'
import { demand } from './refused.js'
import { isDate, saidWord } from './seeds.js'
import { demandText } from './text.js'
import * as vouches from './vouches.js'

const MOST_BYTES = 64 * 2 ** 20

const isText = (value) => typeof value === 'string'

function demandKeys(value, keys, optional = []) {
  demand(value instanceof Map, 'no object')
  for (const key of keys) demand(value.has(key), `${key} is missing`)
  for (const key of value.keys()) demand([...keys, ...optional].includes(key), `${key} is unknown`)
}

function readHex(value, digits) {
  demand(isText(value) && value.length === digits && /^[0-9a-f]*$/.test(value), 'no hexadecimal')
  return unhex(value)
}

const readSlot = (value) => BigInt(`0x${hex(readHex(value, 16))}`)

function readNumber(value) {
  demand(Number.isInteger(value) && value >= 0 && value <= 0xffffffff, 'no number')
  return value
}

function readBoolean(value) {
  demand(typeof value === 'boolean', 'neither true nor false')
  return value
}

function readList(value, read) {
  demand(Array.isArray(value), 'no list')
  return value.map(read)
}

function readNullable(value) {
  demand(value === null || isText(value), 'neither text nor null')
  return value
}

function readDate(value) {
  demand(isText(value) && isDate(value), 'no date')
  return value
}

function readName(value) {
  demandText(value, 64)
  return value
}

function readRoll(value) {
  demand(Number.isInteger(value) && value >= 1 && value <= 6, 'no roll')
  return value
}

function readRolls(value) {
  const rolls = readList(value, readRoll)
  demand(rolls.length >= 1 && rolls.length <= 1000, 'not 1 to 1,000 rolls')
  return rolls
}

function readWord(value) {
  demand(isText(value), 'no word')
  saidWord(value)
  return value
}

const ORIGINS = {
  solo: { date: readDate, redraw: readNumber },
  table: { name: readName, date: readDate, redraw: readNumber },
  dice: { rolls: readRolls },
  witness: {
    date: readDate,
    commitment: (value) => readHex(value, 64),
    r: (value) => readHex(value, 64),
    word: readWord,
  },
  given: {},
  fresh: {},
}

function readOrigin(value) {
  demand(value instanceof Map, 'no origin')
  const kind = value.get('kind')
  demand(isText(kind) && Object.hasOwn(ORIGINS, kind), 'an unknown kind of origin')
  const fields = ORIGINS[kind]
  demandKeys(value, ['kind', ...Object.keys(fields)])
  return {
    kind,
    ...Object.fromEntries(Object.entries(fields).map(([key, read]) => [key, read(value.get(key))])),
  }
}

function readCandidate(value) {
  demand(Array.isArray(value) && value.length === 5, 'no candidate')
  const [host, slot, id, series, source] = value
  return {
    host: readHex(host, 64),
    slot: readSlot(slot),
    id: readHex(id, 64),
    series: readNullable(series),
    source: readNullable(source),
  }
}

const ODDS = ['organisers', 'series', 'events', 'deck']
const CARD = ['host', 'slot', 'id', 'round', 'ticket', 'odds', 'wild']

function readCard(isVouched) {
  return (value) => {
    demandKeys(value, isVouched ? [...CARD, 'number', 'path'] : CARD)
    const odds = value.get('odds')
    demandKeys(odds, ODDS)
    const card = {
      host: readHex(value.get('host'), 64),
      slot: readSlot(value.get('slot')),
      id: readHex(value.get('id'), 64),
      round: readNumber(value.get('round')),
      ticket: readHex(value.get('ticket'), 32),
      odds: Object.fromEntries(ODDS.map((key) => [key, readNumber(odds.get(key))])),
      wild: readBoolean(value.get('wild')),
    }
    if (!isVouched) return card
    const path = value.get('path')
    return {
      ...card,
      number: readNumber(value.get('number')),
      path: path === null ? null : readList(path, (host) => hex(readHex(host, 64))),
    }
  }
}

function readVouch(value) {
  demand(isText(value) && value.length % 2 === 0 && /^[0-9a-f]*$/.test(value), 'no vouch')
  return vouches.read(unhex(value))
}

function readFilters(value) {
  demand(value instanceof Map && [...value.values()].every(isText), 'filters are texts by texts')
  return value
}

const KEYS = ['receipt', 'seed', 'origin', 'n', 'wild', 'candidates', 'others', 'hand']
const VOUCHED = ['vouched', 'strangers', 'vouches']

function readVouched(value) {
  demand(value.get('vouched') === true, 'vouched is true or left out')
  const strangers = readBoolean(value.get('strangers'))
  const given = readList(value.get('vouches'), readVouch)
  if (!value.has('met')) return { strangers, vouches: given }
  const met = readList(value.get('met'), (host) => hex(readHex(host, 64)))
  return { strangers, vouches: given, met }
}

/** The receipt that a text is; what is not of its form is Refused. */
export function read(text) {
  demand(utf8(text).length <= MOST_BYTES, 'a receipt of more than 64 MiB')
  const value = parse(text)
  const isVouched = value instanceof Map && value.has('vouched')
  demandKeys(
    value,
    isVouched ? [...KEYS, ...VOUCHED] : KEYS,
    isVouched ? ['met', 'filters'] : ['filters'],
  )
  demand(value.get('receipt') === 2, 'another version')
  const receipt = {
    seed: readHex(value.get('seed'), 64),
    origin: readOrigin(value.get('origin')),
    n: readNumber(value.get('n')),
    wild: readNumber(value.get('wild')),
    candidates: readList(value.get('candidates'), readCandidate),
    others: readList(value.get('others'), readCandidate),
    hand: readList(value.get('hand'), readCard(isVouched)),
    ...(isVouched && { vouched: readVouched(value) }),
    ...(value.has('filters') && { filters: readFilters(value.get('filters')) }),
  }
  const isWitnessed = receipt.origin.kind === 'witness'
  demand(!isVouched || !isWitnessed, 'vouched and witnessed')
  demand(receipt.n <= 50 && receipt.hand.length <= 50, 'more than 50 cards')
  demand(receipt.wild <= (isVouched || isWitnessed ? 0 : receipt.n), 'too many wild cards')
  demand(receipt.wild > 0 || !receipt.others.length, 'others without wild cards')
  return receipt
}

const map = (object) => new Map(Object.entries(object))

const written = (value) => (value instanceof Uint8Array ? hex(value) : value)

const writtenSlot = (slot) => hex(u64(slot))

const writtenCandidates = (candidates) =>
  distinct(candidates)
    .map(({ host, slot, id, series, source }) => [
      hex(host),
      writtenSlot(slot),
      hex(id),
      series,
      source,
    ])
    .sort((a, b) => byCodePoints(stringify(a), stringify(b)))

const writtenVouches = (list) =>
  list.toSorted((a, b) => compare(a.id, b.id)).map(({ encoded }) => hex(encoded))

const writtenCard = (card) =>
  map({
    host: hex(card.host),
    slot: writtenSlot(card.slot),
    id: hex(card.id),
    round: card.round,
    ticket: hex(card.ticket),
    odds: map(card.odds),
    wild: card.wild,
    ...('number' in card && { number: card.number, path: card.path }),
  })

/** The one encoding of a receipt. */
export function write({ seed, origin, n, wild, candidates, others, hand, vouched, filters }) {
  const origins = Object.entries(origin).map(([key, value]) => [key, written(value)])
  return stringify(
    map({
      receipt: 2,
      seed: hex(seed),
      origin: new Map(origins),
      n,
      wild,
      candidates: writtenCandidates(candidates),
      others: writtenCandidates(others),
      hand: hand.map(writtenCard),
      ...(vouched && {
        vouched: true,
        strangers: vouched.strangers,
        vouches: writtenVouches(vouched.vouches),
        ...(vouched.met && { met: [...new Set(vouched.met)].sort() }),
      }),
      ...(filters && { filters }),
    }),
  )
}

export const idOf = (receipt) => hash256(utf8(write(receipt)), 'potluck.receipt')
