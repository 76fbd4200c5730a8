// Reads and checks announcements from PROTOCOL.md alone: encoding, every rule of every field, id, signature, stamp.

import { createPublicKey, verify } from 'node:crypto'
import { blake2b } from '@noble/hashes/blake2.js'
import { decode, Float } from './msgpack.mjs'

export const hex = (bytes) => Buffer.from(bytes).toString('hex')

export function hash (person, data, key) {
  const personalization = new Uint8Array(16)
  personalization.set(Buffer.from(person))
  return blake2b(data, { dkLen: 32, personalization, ...(key && { key }) })
}

export function leadingZeros (bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits.indexOf('1')
}

// --- signatures: OpenSSL judges by the equation that we want, but takes points of small order

const P = 2n ** 255n - 19n
const EIGHTHS = ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05']
const yOf = (point) => BigInt('0x' + hex(Uint8Array.from(point).reverse())) & (1n << 255n) - 1n
const SMALL = [0n, 1n, P - 1n, ...EIGHTHS.map((point) => yOf(Buffer.from(point, 'hex')))]
const isFit = (point) => yOf(point) < P && !SMALL.includes(yOf(point))

export function signatureHolds (key, message, signature) {
  if (!isFit(key) || !isFit(signature.subarray(0, 32))) return false
  const x = Buffer.from(key).toString('base64url')
  return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature)
}

// --- fields

const SPACE = '\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const CONTROL = /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const DAY = '(?:MO|TU|WE|TH|FR|SA|SU)'
const list = (item, most) => `${item}(?:,${item}){0,${most - 1}}`
const RULE = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY)$/,
  COUNT: /^([1-9]|[1-9][0-9]|[1-3][0-9]{2}|400)$/,
  UNTIL: /^([0-9]{4})([0-9]{2})([0-9]{2})(T([01][0-9]|2[0-3])([0-5][0-9]){2}Z)?$/,
  INTERVAL: /^[1-9][0-9]?$/,
  BYDAY: new RegExp(`^${list(`(?:-?[1-5])?${DAY}`, 7)}$`),
  BYMONTHDAY: new RegExp(`^${list('-?(?:[1-9]|[12][0-9]|3[01])', 31)}$`),
  WKST: new RegExp(`^${DAY}$`)
}

const need = (holds, what) => { if (!holds) throw new Error(what) }
const integer = (from, to) => (value) => typeof value === 'bigint' && value >= BigInt(from) && value <= BigInt(to)
const binary = (length) => (value) => value instanceof Uint8Array && value.length === length
const degrees = (most) => (value) => value instanceof Float && Math.abs(value.value) <= most
const pattern = (most, regex) => (value) => text(most)(value) && regex.test(value)
const time = integer(0, 2 ** 32 - 1)

const text = (most, size = (words) => [...words].length, cleared = (words) => words) => (value) =>
  typeof value === 'string' && value !== '' && value.normalize('NFC') === value && !CONTROL.test(cleared(value)) &&
  !new RegExp(`^[${SPACE}]|[${SPACE}]$`).test(value) && size(value) <= most

const map = (fields, needed) => (value) =>
  value instanceof Map && needed.every((name) => value.has(name)) && [...value].every(([name, each]) => fields[name]?.(each))

const address = pattern(500, new RegExp(`^https?://[^${SPACE}/?#"<>\\\\^\`{|}]+(?:[/?#][^${SPACE}"<>\\\\^\`{|}]*)?$`))

function rule (value) {
  const parts = value.split(';').map((part) => part.split('='))
  const said = Object.fromEntries(parts)
  const [, year, month, day] = RULE.UNTIL.exec(said.UNTIL ?? '20270301') ?? []
  const until = new Date(`${year}-${month}-${day}T00:00:00Z`)
  return text(200)(value) && parts[0][0] === 'FREQ' && Object.keys(said).length === parts.length &&
    parts.every((part) => part.length === 2 && RULE[part[0]]?.test(part[1])) && 'COUNT' in said !== 'UNTIL' in said &&
    year !== '0000' && !isNaN(until) && until.toISOString().startsWith(`${year}-${month}-${day}`) &&
    (said.FREQ === 'MONTHLY' || !/[1-5]/.test(said.BYDAY ?? ''))
}

const isPlace = map({ name: text(140), address: text(300), lat: degrees(90), lon: degrees(180) }, ['name'])
const BODY = {
  title: text(140),
  tz: pattern(64, /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,3}$/),
  start: time,
  end: time,
  all_day: (value) => value === true,
  place: (value) => isPlace(value) && value.has('lat') === value.has('lon'),
  about: text(2400, Buffer.byteLength, (words) => words.replaceAll('\n', '')),
  topics: (value) => Array.isArray(value) && value.length >= 1 && value.length <= 5 && new Set(value).size === value.length && value.every(text(40)),
  lang: pattern(99, /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/),
  price: text(60),
  capacity: integer(1, 1_000_000),
  access: (value) => value instanceof Map && value.size >= 1 && value.size <= 16 &&
    [...value].every(([name, answer]) => /^[a-z][a-z_]{0,31}$/.test(name) && typeof answer === 'boolean'),
  url: address,
  series: text(140),
  rrule: (value) => typeof value === 'string' && rule(value),
  source: map({ id: text(140), name: text(140), url: address }, ['id']),
  rsvp_key: binary(32)
}

function checkBody (body, status) {
  need(body instanceof Map && body.has('title') && body.has('tz'), 'title and tz')
  for (const [name, value] of body) need(!Object.hasOwn(BODY, name) || BODY[name](value), name)
  need(body.has('start') || (status !== 0n && !body.has('end') && !body.has('rrule')), 'start')
  need(!body.has('end') || body.get('end') >= body.get('start'), 'end')
}

const FIELDS = [integer(1, 1), binary(16), binary(32), binary(8), integer(0, 2n ** 64n - 1n), integer(0, 65535), time, time, integer(0, 3)]

// What an announcement says; throws where it must be refused. The signature and the stamp are told, not judged.
export function read (payload) {
  need(payload.length <= 4096, 'oversize')
  const [signed, signature, ...more] = decode(payload)
  need(signed instanceof Uint8Array && binary(64)(signature) && more.length === 0, 'two binaries')
  const fields = decode(signed)
  need(Array.isArray(fields) && fields.length === 10 && FIELDS.every((check, at) => check(fields[at])), 'ten fields')
  const [, network, host, nonce, slot, revision, issued, expires, status, body] = fields
  need(issued < expires && expires <= issued + 34_560_000n, 'expires_at')
  need((body === null) === (status === 3n), 'withdrawn or a body')
  if (body !== null) checkBody(body, status)
  return {
    id: hex(hash('potluck.id', signed)),
    version: 1,
    network: hex(network),
    host: hex(host),
    slot: slot.toString(16).padStart(16, '0'),
    revision: Number(revision),
    title: body?.get('title') ?? null,
    signature: signatureHolds(host, Buffer.concat([Buffer.from('potluck-announcement-v1\0'), signed]), signature),
    stamp: leadingZeros(hash('potluck.stamp', Buffer.concat([network, host, nonce])))
  }
}
