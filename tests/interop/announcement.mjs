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
const PLANES = [...Array(17).keys()].map((plane) =>
  `\\u{${(plane * 0x10000 + 0xfffe).toString(16)}}\\u{${(plane * 0x10000 + 0xffff).toString(16)}}`)
const FORBIDDEN = new RegExp('[\\0-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069' +
  `\\ud800-\\udfff\\ufdd0-\\ufdef\\u{e0000}-\\u{e007f}${PLANES.join('')}]`, 'u')
const IGNORABLE = '\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f' +
  '\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8' +
  '\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}'
const SEEN = new RegExp(`[^${SPACE}${IGNORABLE}\\u2800]`, 'u')
const UNSEEN = new RegExp(`[${IGNORABLE}]`, 'u')

const need = (holds, what) => { if (!holds) throw new Error(what) }
const integer = (from, to) => (value) => typeof value === 'bigint' && value >= BigInt(from) && value <= BigInt(to)
const binary = (length) => (value) => value instanceof Uint8Array && value.length === length
const degrees = (most) => (value) => value instanceof Float && Math.abs(value.value) <= most
const pattern = (most, regex) => (value) => text(most)(value) && regex.test(value)
const time = integer(0, 2 ** 32 - 1)

const text = (most, size = (words) => [...words].length, cleared = (words) => words) => (value) =>
  typeof value === 'string' && value !== '' && !FORBIDDEN.test(cleared(value)) && SEEN.test(value) &&
  !new RegExp(`^[${SPACE}]|[${SPACE}]$`).test(value) && size(value) <= most
const sourceId = (value) => text(140)(value) && !UNSEEN.test(value)

// Keys that are not known are of a later version: kept and ignored.
const map = (fields, needed) => (value) => value instanceof Map && needed.every((name) => value.has(name)) &&
  [...value].every(([name, each]) => !Object.hasOwn(fields, name) || fields[name](each))

const address = pattern(500, new RegExp(`^https?://[^${SPACE}/?#"<>\\\\^\`{|}]+(?:[/?#][^${SPACE}"<>\\\\^\`{|}]*)?$`))

const PLACE = { name: text(140), address: text(300), lat: degrees(90), lon: degrees(180), uncertainty: integer(0, 20_040_000) }
const isPlace = map(PLACE, ['name'])
const BODY = {
  title: text(140),
  tz: pattern(64, /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,3}$/),
  start: time,
  end: time,
  all_day: (value) => value === true,
  place: (value) => isPlace(value) && value.has('lat') === value.has('lon') &&
    (value.has('lat') || !value.has('uncertainty')),
  about: text(2400, Buffer.byteLength, (words) => words.replaceAll('\n', '')),
  topics: (value) => Array.isArray(value) && value.length >= 1 && value.length <= 5 && new Set(value).size === value.length && value.every(text(40)),
  lang: pattern(99, /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/),
  price: text(60),
  capacity: integer(1, 1_000_000),
  access: (value) => value instanceof Map && value.size >= 1 && value.size <= 16 &&
    [...value].every(([name, answer]) => /^[a-z][a-z_]{0,31}$/.test(name) && typeof answer === 'boolean'),
  url: address,
  series: text(140),
  source: map({ id: sourceId, stamp: binary(8), name: text(140), url: address }, ['id', 'stamp']),
  rsvp_key: binary(32)
}

function checkBody (body, status) {
  need(body instanceof Map && body.has('title') && body.has('tz'), 'title and tz')
  for (const [name, value] of body) need(!Object.hasOwn(BODY, name) || BODY[name](value), name)
  need(body.has('start') || (status !== 0n && !body.has('end')), 'start')
  need(!body.has('source') || !body.has('rsvp_key'), 'answers')
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
