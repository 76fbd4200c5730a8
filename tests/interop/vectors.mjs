// The golden vectors, checked by code that shares nothing with what made them: announcements by announcement.mjs,
// draws and receipts by the page's own receipt.js.
//
//   node vectors.mjs FOLDER_OF_VECTORS RECEIPT_JS
//
// One JSON line: how many cases of each part were looked at, and what is wrong in words.

import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { hash, hex, leadingZeros, read, signatureHolds } from './announcement.mjs'

const [folder, receiptJs] = process.argv.slice(2)
const { deal, differences } = await import(pathToFileURL(receiptJs))
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

function slotOf ({ source, uid, occurrence }) {
  return hex(hash('potluck.slot', Buffer.from(`${source}\0${uid}\0${occurrence}`)).subarray(0, 8))
}

// --- draws: the worlds as draw.json explains them

const digest = (words) => hex(hash('', Buffer.from(words)))
const row = (host, slot, id, series = null, source = null) =>
  [digest(`host-${host}`), slot.toString(16).padStart(16, '0'), digest(id), series, source]
const usual = (host, slot) => row(host, slot, `id-${host}-${slot}`, slot && slot % 3 === 0 ? 'weekly' : null)
const feed = (slot) => `feed-${slot % 2}`
const relayed = (host, slot) => host > 2 ? usual(host, slot) : row(host, slot, `id-${feed(slot)}-${slot}`, feed(slot), feed(slot))
const numbers = (count) => [...Array(count).keys()]
const world = (hosts, per, event = usual) => numbers(hosts).flatMap((host) => numbers(per(host)).map((slot) => event(host, slot)))
const WORLDS = {
  small: world(7, (host) => 1 + host % 4),
  big: world(400, (host) => host === 3 ? 2630 : 1 + host % 9),
  few: world(2, () => 9),
  'one series': world(1, () => 9, (host, slot) => row(host, slot, `id-${host}-${slot}`, 'library', 'library')),
  relayed: world(5, () => 6, relayed),
  empty: []
}
const even = (candidate) => parseInt(candidate[1], 16) % 2 === 0

function isDealt ({ world, seed, mode, n, wild, hand }) {
  const deck = WORLDS[world]
  const candidates = wild === undefined ? deck : deck.filter(even)
  const others = wild ? deck.filter((one) => !even(one)) : []
  const cards = deal({ seed, mode, n, wild: wild ?? 0, candidates, others }).map(({ one, round, ticket, odds, wild }) =>
    [one.host, one.slot, round, ticket, [odds.hosts, odds.series, odds.events, odds.deck], ...(wild ? ['wild'] : [])])
  return JSON.stringify(cards) === JSON.stringify(hand)
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
each('slots', announcements.slots, (one) => slotOf(one) === one.slot)
each('announcements', announcements.announcements, (one) => {
  const said = read(bytes(one.encoded))
  return said.id === one.id && said.slot === one.slot && said.revision === one.revision && said.signature && said.stamp >= 8 &&
    said.title === (one.body?.title ?? null)
})
each('refused', announcements.refused, ({ encoded }) => refuses(bytes(encoded)))
each('draws', load('draw').draws, isDealt)
each('wild', load('draw').wild, isDealt)
each('receipts', receipts.receipts, ({ text, id }) =>
  differences(JSON.parse(text)).length === 0 && hex(hash('potluck.receipt', Buffer.from(text))) === id)
each('differing', receipts.differing, (one) => differences(changed(one)).sort().join() === one.found.sort().join())
console.log(JSON.stringify({ checked, wrong }))
