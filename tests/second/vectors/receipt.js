import { hex, unhex } from '../bytes.js'
import { parse, stringify } from '../json.js'
import * as receipts from '../receipts.js'
import { verify } from '../verify.js'
import { equal, refuses } from './shared.js'

export const rules = ['secret']

const SECRET = /solo|table/

/** The receipt of that name with one change: `value` put at a path, or what is there taken out. */
export function changed({ of, at, value }, cases) {
  const root = parse(cases.find(({ name }) => name === of).text)
  const last = at.at(-1)
  const parent = at
    .slice(0, -1)
    .reduce((one, key) => (one instanceof Map ? one.get(key) : one[key]), root)
  const put = value && typeof value === 'object' ? parse(JSON.stringify(value)) : value
  if (parent instanceof Map) value === undefined ? parent.delete(last) : parent.set(last, put)
  else if (value === undefined) parent.splice(last, 1)
  else parent[last] = put
  return stringify(root)
}

const verified = (text, secret) => {
  const receipt = receipts.read(text)
  return verify(receipt, SECRET.test(receipt.origin.kind) ? unhex(secret) : undefined)
}

export const sections = {
  receipts({ id, text }, { secret }) {
    const receipt = receipts.read(text)
    equal(receipts.write(receipt), text)
    equal(hex(receipts.idOf(receipt)), id)
    equal(verified(text, secret), [])
    const spaced = receipts.read(JSON.stringify(JSON.parse(text), null, 2))
    equal(
      hex(
        receipts.idOf({
          ...spaced,
          candidates: [...spaced.candidates, ...spaced.candidates].reverse(),
        }),
      ),
      id,
    )
  },

  differing(change, { receipts: cases, secret }) {
    equal(new Set(verified(changed(change, cases), secret)), new Set(change.found))
  },

  refused(change, { receipts: cases }) {
    refuses(() => receipts.read(changed(change, cases)))
  },
}
