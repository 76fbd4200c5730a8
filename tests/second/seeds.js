// Seeds of 32 bytes: of days, of dice, and of two people who do not trust each other's choice.
import { byte, compare, join, u32, u64, utf8 } from './bytes.js'
import { distinct, eventItem, rowOf } from './draw.js'
import { hash128, hash256 } from './hash.js'
import { demand } from './refused.js'
import { isWellFormed, lengthOf, trim } from './text.js'

const dated = (date, redraw) => join(utf8(date), u32(redraw))

export const soloSeed = (date, redraw, secret) =>
  hash256(dated(date, redraw), 'potluck.solo', secret)
export const tableSeed = (date, redraw, secret) =>
  hash256(dated(date, redraw), 'potluck.table', secret)
export const diceSeed = (rolls) => hash256(utf8(rolls.join(' ')), 'potluck.dice')
export const seedCommitment = (seed) => hash256(seed, 'potluck.reveal')

export const isDate = (text) => /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text)

/** How many rolls are enough for so many events. */
export function rollsNeeded(events) {
  let rolls = 1
  for (let ways = 6n; ways < 128n * BigInt(events); ways *= 6n) rolls++
  return rolls
}

export const eventsAmong = (candidates) =>
  new Set(candidates.map((one) => eventItem(one).join())).size

const word = (text) => (text === null ? byte(0) : join(byte(1), u32(utf8(text).length), utf8(text)))

export const told = ({ series, source }) =>
  hash128(join(word(series), word(source)), 'potluck.told')

const rows = (candidates) =>
  distinct(candidates)
    .map((one) => join(rowOf(one), told(one)))
    .sort(compare)

export const deckRoot = (candidates) => hash256(join(...rows(candidates)), 'potluck.deck')

export const commitment = (candidates, n, date, r) =>
  hash256(
    join(deckRoot(candidates), u64(rows(candidates).length), u32(n), utf8(date), r),
    'potluck.commit',
  )

/** What is hashed of the word that a friend said. */
export function saidWord(text) {
  demand(isWellFormed(text), 'half a surrogate pair')
  const said = trim(text).normalize('NFC')
  demand(lengthOf(said) >= 1 && lengthOf(said) <= 200, 'no word')
  demand(!/[\u0000-\u001f\u007f-\u009f]/.test(said), 'a word with controls')
  return said
}

export const wordHash = (text) => hash256(utf8(saidWord(text)), 'potluck.word')

export const witnessSeed = (committed, r, text) =>
  hash256(join(committed, r, wordHash(text)), 'potluck.witness')
