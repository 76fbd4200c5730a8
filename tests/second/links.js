// Links: a table, an invitation to a network, a host's key.
import { hex, unhex } from './bytes.js'
import { demand } from './refused.js'
import { demandText, demandZone, lengthOf } from './text.js'

const MOST_CHARACTERS = 8192
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function base32(bytes) {
  const bits = [...bytes].map((one) => one.toString(2).padStart(8, '0')).join('')
  return bits
    .match(/.{1,5}/g)
    .map((five) => BASE32[parseInt(five.padEnd(5, '0'), 2)])
    .join('')
}

function readSecret(value) {
  demand(/^[A-Z2-7]{51}[AQ]$/i.test(value), 'no secret')
  const bits = [...value.toUpperCase()]
    .map((one) => BASE32.indexOf(one).toString(2).padStart(5, '0'))
    .join('')
  return Uint8Array.from(bits.slice(0, 256).match(/.{8}/g), (eight) => parseInt(eight, 2))
}

/** A plain decimal with at most so many digits after its point, in a range. */
const decimal =
  (least, most, digits = 0) =>
  (value) => {
    demand(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/.test(value) && value !== '-0', 'no plain decimal')
    demand((value.split('.')[1] ?? '').length <= digits, 'too many digits')
    demand(Number(value) >= least && Number(value) <= most, 'out of range')
    return Number(value)
  }

const writeDecimal = (value, digits = 0) => {
  const text = digits ? value.toFixed(digits).replace(/\.?0+$/, '') : String(value)
  return text === '-0' ? '0' : text
}

function readName(value) {
  demandText(value, 64)
  return value
}

function readZone(value) {
  demandZone(value)
  return value
}

function readPeer(value) {
  demand(/^\/[!-~]{0,255}$/.test(value) && value.includes('/p2p/'), 'no peer')
  return value
}

function readKey(value) {
  demand(/^[0-9a-f]{64}$/.test(value), 'no key')
  return unhex(value)
}

const KINDS = {
  table: {
    n: readName,
    k: readSecret,
    tz: readZone,
    lat: decimal(-90, 90, 5),
    lon: decimal(-180, 180, 5),
    km: decimal(0.001, 20_040, 3),
    days: decimal(1, 366),
    hand: decimal(1, 50),
  },
  network: { n: readName, b: decimal(0, 40), k: readSecret, peer: readPeer, table: readTable },
  host: { k: readKey, n: readName },
}
const OPTIONAL = new Set(['network/k', 'network/peer', 'network/table'])

function readTable(value) {
  const { kind, ...table } = read(value)
  demand(kind === 'table', 'the link of no table')
  return table
}

function decode(value) {
  demand(!/%(?![0-9A-Fa-f]{2})/.test(value), 'a % alone')
  try {
    return decodeURIComponent(value)
  } catch {
    return demand(false, 'no UTF-8')
  }
}

/** What a link says: { kind, …fields }. `peer` is a list. */
export function read(text) {
  demand(lengthOf(text) <= MOST_CHARACTERS, 'a link too long')
  const [, kind, rest] = /^potluck:(table|network|host)\?(.*)$/s.exec(text) ?? []
  demand(kind, 'no link')
  const said = kind === 'network' ? { peer: [] } : {}
  for (const part of rest.split('&')) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(part) ?? []
    demand(name !== undefined && Object.hasOwn(KINDS[kind], name), 'an unknown field')
    const meaning = KINDS[kind][name](decode(value))
    if (name === 'peer') said.peer.push(meaning)
    else {
      demand(!(name in said), 'a field twice')
      said[name] = meaning
    }
  }
  for (const name of Object.keys(KINDS[kind])) {
    demand(name in said || OPTIONAL.has(`${kind}/${name}`), `${name} is missing`)
  }
  demand(!said.peer || said.peer.length <= 8, 'too many peers')
  return { kind, ...said }
}

const encode = (value) =>
  encodeURIComponent(value)
    .replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':')

const link = (kind, fields) =>
  `potluck:${kind}?${fields.map(([name, value]) => `${name}=${encode(value)}`).join('&')}`

export const writeTable = ({ n, k, tz, lat, lon, km, days, hand }) =>
  link('table', [
    ['n', n],
    ['k', base32(k)],
    ['tz', tz],
    ['lat', writeDecimal(lat, 5)],
    ['lon', writeDecimal(lon, 5)],
    ['km', writeDecimal(km, 3)],
    ['days', days],
    ['hand', hand],
  ])

export const writeNetwork = ({ n, b, k, peer, table }) =>
  link('network', [
    ['n', n],
    ['b', b],
    ...(k ? [['k', base32(k)]] : []),
    ...peer.map((one) => ['peer', one]),
    ...(table ? [['table', writeTable(table)]] : []),
  ])

export const writeHost = ({ k, n }) =>
  link('host', [
    ['k', hex(k)],
    ['n', n],
  ])
