// The golden vectors, checked by code that shares nothing with what made them: announcements by announcement.mjs,
// draws and receipts by the page's own code. The worlds of draw.json come as rows of a receipt.
//
//   node vectors.mjs FOLDER_OF_VECTORS FOLDER_OF_THE_PAGE WORLDS_JSON
//
// One JSON line: how many cases of each part were looked at, and what is wrong in words.

import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { hash, hex, leadingZeros, read, signatureHolds } from './announcement.mjs'

const [folder, page, worlds] = process.argv.slice(2)
const { differences } = await import(pathToFileURL(`${page}/differences.js`))
const { handOf } = await import(pathToFileURL(`${page}/dealing.js`))
const { deckRoot } = await import(pathToFileURL(`${page}/seeds.js`))
const load = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'))
const bytes = (digits) => Buffer.from(digits, 'hex')
const checked = {}
const wrong = []

function each (part, cases, isRight) {
  checked[part] = cases.length
  for (const one of cases) {
    let right = false
    try { right = isRight(one) } catch (error) { wrong.push(String(error)) }
    if (!right) wrong.push(`${part}: ${one.name ?? JSON.stringify(one).slice(0, 80)}`)
  }
}

function refuses (payload) {
  try { read(payload) } catch { return true }
  return false
}

function publicKey (seed) {
  const key = createPrivateKey({ key: Buffer.concat([bytes('302e020100300506032b657004220420'), bytes(seed)]), format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
}

function isSlot ({ uid, calendar, source, occurrence, space, slot }) {
  const [, domain] = /@([^@]*)$/.exec(uid) ?? []
  const unique = /^[^.@]+(\.[^.@]+)+$/.test(domain) || [...uid].length >= 22
  const found = unique ? '' : calendar || source
  const named = Buffer.from(`${found}\0${uid}\0${occurrence}`)
  return found === space && hex(hash('potluck.slot', named).subarray(0, 8)) === slot
}

// --- draws

const WORLDS = JSON.parse(readFileSync(worlds, 'utf8'))
const candidate = ([host, slot, id, series, source]) => ({ host, slot, id, series, source })
const even = ({ slot }) => parseInt(slot.at(-1), 16) % 2 === 0

function isDealt ({ world, seed, n, wild, deck_root: root, hand }) {
  const deck = WORLDS[world].map(candidate)
  const [open, others] = wild ? [deck.filter(even), deck.filter((one) => !even(one))] : [deck, []]
  const cards = handOf(open, others, seed, n, wild ?? 0).map(({ one, round, ticket, odds }) =>
    [one.host, one.slot, one.source, round, ticket, [odds.organisers, odds.series, odds.events, odds.deck]])
  return deckRoot(deck) === root && JSON.stringify(cards) === JSON.stringify(hand)
}

// --- receipts

const receipts = load('receipt')
const texts = new Map(receipts.receipts.map(({ name, text }) => [name, text]))

function changed ({ of, at, ...change }) {
  const receipt = JSON.parse(texts.get(of))
  const last = at.at(-1)
  const inner = at.slice(0, -1).reduce((value, step) => value[step], receipt)
  if ('value' in change) inner[last] = change.value
  else Array.isArray(inner) ? inner.splice(last, 1) : delete inner[last]
  return receipt
}

const announcements = load('announcement')
each('keys', announcements.keys, ({ seed, key }) => hex(publicKey(seed)) === key)
each('stamps', announcements.stamps, ({ network, host, first_nonce, zero_bits }) =>
  leadingZeros(hash('potluck.stamp', bytes(network + host + first_nonce))) === zero_bits)
each('signatures', announcements.signatures, ({ key, message, signature, holds }) =>
  signatureHolds(bytes(key), bytes(message), bytes(signature)) === holds)
each('slots', announcements.slots, isSlot)
each('announcements', announcements.announcements, (one) => {
  const said = read(bytes(one.encoded))
  return said.id === one.id && said.slot === one.slot && said.revision === one.revision && said.signature && said.stamp >= 8 &&
    said.title === (one.body?.title ?? null)
})
each('refused', announcements.refused, ({ encoded }) => refuses(bytes(encoded)))
each('draws', load('draw').draws, isDealt)
each('source_stamps', load('draw').source_stamps, ({ network, host, source, first_stamp: stamp, zero_bits: zero }) =>
  leadingZeros(hash('potluck.source', Buffer.concat([bytes(network + host), Buffer.from(source), bytes(stamp)]))) === zero)
each('receipts', receipts.receipts, ({ text, id }) =>
  differences(JSON.parse(text)).length === 0 && hex(hash('potluck.receipt', Buffer.from(text))) === id)
each('differing', receipts.differing, (one) => differences(changed(one)).sort().join() === one.found.sort().join())
console.log(JSON.stringify({ checked, wrong }))
