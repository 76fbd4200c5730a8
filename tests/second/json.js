// JSON (RFC 8259) where no key may be there twice and a number is an integer from 0 on, written as
// digits.
import { byCodePoints } from './bytes.js'
import { demand } from './refused.js'
import { isWellFormed } from './text.js'

const SPACE = String.raw`[\x20\t\n\r]*`
const SIGN = String.raw`([[\]{}:,])`
const STRING = String.raw`("(?:[^"\\\u0000-\u001f]|\\.)*")`
const NUMBER = String.raw`(0|[1-9]\d*)(?![\d.eE])`
const WORD = String.raw`(true|false|null)\b`
const TOKEN = new RegExp(`${SPACE}(?:${SIGN}|${STRING}|${NUMBER}|${WORD})`, 'suy')
const END = new RegExp(`^${SPACE}$`)

class Parser {
  constructor(text) {
    this.text = text
    this.at = 0
    this.step()
  }

  step() {
    TOKEN.lastIndex = this.at
    this.token = TOKEN.exec(this.text)
    if (this.token) this.at = TOKEN.lastIndex
  }

  is(sign) {
    return this.token?.[1] === sign
  }

  skip(sign) {
    demand(this.is(sign), `no ${sign}`)
    this.step()
  }

  string() {
    demand(this.token?.[2], 'no text')
    let text
    try {
      text = JSON.parse(this.token[2])
    } catch {
      demand(false, 'no text')
    }
    demand(isWellFormed(text), 'half a surrogate pair')
    this.step()
    return text
  }

  value() {
    demand(this.token, 'no JSON here')
    if (this.is('{')) return this.object()
    if (this.is('[')) return this.array()
    if (this.token[2]) return this.string()
    demand(this.token[3] ?? this.token[4], 'no JSON here')
    const value = JSON.parse(this.token[3] ?? this.token[4])
    this.step()
    return value
  }

  array() {
    const array = []
    this.skip('[')
    while (!this.is(']')) {
      if (array.length) this.skip(',')
      array.push(this.value())
    }
    this.skip(']')
    return array
  }

  object() {
    const object = new Map()
    this.skip('{')
    while (!this.is('}')) {
      if (object.size) this.skip(',')
      const key = this.string()
      demand(!object.has(key), `${key} twice`)
      this.skip(':')
      object.set(key, this.value())
    }
    this.skip('}')
    return object
  }
}

/** Objects become Maps. */
export function parse(text) {
  const parser = new Parser(text)
  const value = parser.value()
  demand(!parser.token && END.test(text.slice(parser.at)), 'more than one value')
  return value
}

/** No spaces, keys in the order of their code points. */
export function stringify(value) {
  if (Array.isArray(value)) return `[${value.map(stringify).join()}]`
  if (!(value instanceof Map)) return JSON.stringify(value)
  const keys = [...value.keys()].sort(byCodePoints)
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stringify(value.get(key))}`).join()}}`
}
