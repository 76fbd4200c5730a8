// Which texts are allowed, and how words from elsewhere are made such a text.
import { demand } from './refused.js'
import { isText } from './msgpack.js'

// Parts of a class of a regular expression.
const SPACE =
  String.raw`\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a` +
  String.raw`\u2028\u2029\u202f\u205f\u3000`
const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f\u2028\u2029`
const TURNING = String.raw`\u202a-\u202e\u2066-\u2069`
const TAGS = String.raw`\u{e0000}-\u{e007f}`
const planes = Array.from({ length: 17 }, (_, plane) => plane.toString(16))
const NONCHARACTERS =
  String.raw`\ufdd0-\ufdef` + planes.map((plane) => `\\u{${plane}fffe}\\u{${plane}ffff}`).join('')
const IGNORABLE =
  String.raw`\u00ad\u034f\u061c\u115f-\u1160\u17b4-\u17b5\u180b-\u180f\u200b-\u200f` +
  String.raw`\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8` +
  String.raw`\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}`
// What no address has, and what its host has not, either.
const UNSAFE = SPACE + String.raw`"<>\\\^\{\|\}` + '`'
const OUTSIDE = UNSAFE + String.raw`\/?#`

const any = (...sets) => new RegExp(`[${sets.join('')}]`, 'u')
const all = (...sets) => new RegExp(`[${sets.join('')}]`, 'gu')
const none = (...sets) => new RegExp(`[^${sets.join('')}]`, 'u')

const FORBIDDEN = any(CONTROL, TURNING, NONCHARACTERS, TAGS)
const VISIBLE = none(SPACE, '\\u2800', IGNORABLE)
const HAS_IGNORABLE = any(IGNORABLE)
const ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, 'gu')
const RUNS = new RegExp(`[${SPACE}]+`, 'gu')
const URL = new RegExp(`^https?://[^${OUTSIDE}]+(?:[/?#][^${UNSAFE}]*)?$`, 'u')
const ZONE = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,3}$/
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/

/** In code points. */
export const lengthOf = (text) => [...text].length

export const trim = (text) => text.replace(ENDS, '')

export const hasIgnorable = (text) => HAS_IGNORABLE.test(text)

export const isWellFormed = (text) => !/\p{Surrogate}/u.test(text)

function demandLetters(text) {
  demand(isText(text) && isWellFormed(text), 'no text')
  demand(trim(text) === text, 'white space at an end')
  demand(VISIBLE.test(text), 'nothing to be seen')
}

export function demandText(text, most) {
  demandLetters(text)
  demand(!FORBIDDEN.test(text), 'a code point that is not allowed')
  demand(lengthOf(text) <= most, 'too long')
}

/** Like `demandText`, with line feeds; the length is in bytes. */
export function demandLines(text, most) {
  demandLetters(text)
  demand(!FORBIDDEN.test(text.replaceAll('\n', '')), 'a code point that is not allowed')
  demand(Buffer.byteLength(text) <= most, 'too long')
}

export function demandUrl(text) {
  demandText(text, 500)
  demand(URL.test(text), 'no address')
}

export function demandZone(text) {
  demand(isText(text) && text.length <= 64 && ZONE.test(text), 'no time zone')
}

export function demandLanguage(text) {
  demand(isText(text) && LANGUAGE.test(text), 'no language')
}

/** Words from elsewhere as text of at most so many code points; empty if nothing is left. */
export function clean(words, most) {
  const kept = words.replace(all(NONCHARACTERS, TAGS), '').normalize('NFC')
  const text = trim(kept.replace(all(CONTROL, TURNING), ' ').replace(RUNS, ' '))
  if (!VISIBLE.test(text)) return ''
  return lengthOf(text) <= most ? text : trim([...text].slice(0, most - 1).join('')) + '…'
}

export const cleanSourceId = (words) => clean(words.replace(all(IGNORABLE), ''), 140)
