// What an announcement may say of an event.
import { Float, isBinary, isInteger, isText } from './msgpack.js'
import { demand } from './refused.js'
import {
  demandLanguage,
  demandLines,
  demandText,
  demandUrl,
  demandZone,
  hasIgnorable,
} from './text.js'

const text = (most) => (value) => demandText(value, most)

const integer = (least, most) => (value) =>
  demand(isInteger(value) && value >= least && value <= most, `no integer from ${least} to ${most}`)

const binary = (length) => (value) =>
  demand(isBinary(value) && value.length === length, `no binary of ${length} bytes`)

const degrees = (most) => (value) =>
  demand(value instanceof Float && Math.abs(value.value) <= most, `no degrees up to ${most}`)

/** A map that has these keys and perhaps others; `needed` ones must be there. */
const map = (rules, needed, more) => (value) => {
  demand(value instanceof Map, 'no map')
  for (const key of needed) demand(value.has(key), `${key} is missing`)
  for (const [key, rule] of Object.entries(rules)) if (value.has(key)) rule(value.get(key))
  more(value)
}

function topics(value) {
  demand(Array.isArray(value) && value.length >= 1 && value.length <= 5, 'not 1 to 5 topics')
  value.forEach(text(40))
  demand(new Set(value).size === value.length, 'a topic twice')
}

function access(value) {
  demand(value instanceof Map && value.size >= 1 && value.size <= 16, 'not 1 to 16 needs')
  for (const [key, met] of value) {
    demand(/^[a-z][a-z_]{0,31}$/.test(key) && typeof met === 'boolean', 'no need')
  }
}

const place = map(
  {
    name: text(140),
    address: text(300),
    lat: degrees(90),
    lon: degrees(180),
    uncertainty: integer(0, 20_040_000),
  },
  ['name'],
  (value) => {
    demand(value.has('lat') === value.has('lon'), 'half a coordinate')
    demand(!value.has('uncertainty') || value.has('lat'), 'an uncertainty of nothing')
  },
)

const source = map(
  { id: text(140), stamp: binary(8), name: text(140), url: demandUrl, claimed_by: binary(32) },
  ['id', 'stamp'],
  (value) => demand(!hasIgnorable(value.get('id')), 'an ignorable code point in a source id'),
)

const u32 = integer(0, 0xffffffff)

export const demandBody = (body, isScheduled) =>
  map(
    {
      title: text(140),
      tz: demandZone,
      start: u32,
      end: u32,
      all_day: (value) => demand(value === true, 'all_day is true or left out'),
      place,
      about: (value) => demandLines(value, 2400),
      topics,
      lang: demandLanguage,
      price: text(60),
      capacity: integer(1, 1_000_000),
      access,
      url: demandUrl,
      series: text(140),
      source,
      rsvp_key: binary(32),
    },
    isScheduled ? ['title', 'tz', 'start'] : ['title', 'tz'],
    (value) => {
      demand(
        !value.has('end') || (value.has('start') && value.get('end') >= value.get('start')),
        'an end before the start',
      )
      demand(!value.has('rsvp_key') || !value.has('source'), 'rsvp_key beside source')
    },
  )(body)

/** When an event is over. */
export const endOf = (body) =>
  body.get('end') ?? body.get('start') + (body.get('all_day') ? 24 * 3600 : 0)
