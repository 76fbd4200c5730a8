import { sha256 } from '@noble/hashes/sha2.js'
import { hex, unhex, utf8 } from '../bytes.js'
import { Reconciler } from '../reconciliation.js'
import { equal, hashed, refuses } from './shared.js'

export const rules = ['ids', 'timestamps', 'sha256']

const items = (name, first, size, rule) =>
  Array.from({ length: size }, (_, i) => ({
    timestamp: BigInt(rule.first_timestamp + (first + i) * rule.step),
    id: hashed(`${name}:${i}`),
  }))

function conversation(a, b) {
  const lines = []
  for (let message = a.open(); message; ) {
    const answer = b.respond(message)
    lines.push(`C${hex(message)}`, `S${hex(answer)}`)
    message = a.proceed(answer)
  }
  return lines
}

const idsOf = (list) => new Set(list.map(({ id }) => hex(id)))

export const sections = {
  cases(rule) {
    const common = items('common', 0, rule.common, rule)
    const [own, theirs] = [
      items('a', rule.common, rule.only_a, rule),
      items('b', rule.common, rule.only_b, rule),
    ]
    const a = new Reconciler([...common, ...own], rule.frame_limit)
    const lines = conversation(a, new Reconciler([...common, ...theirs], rule.frame_limit))
    equal([a.has, a.lacks], [idsOf(own), idsOf(theirs)])
    if (rule.transcript) equal(lines, rule.transcript)
    equal(lines.length, rule.messages)
    equal(
      lines.reduce((sum, line) => sum + (line.length - 1) / 2, 0),
      rule.bytes,
    )
    equal(hex(sha256(utf8(lines.join('\n')))), rule.sha256)
  },

  answered({ message, answer }) {
    equal(hex(new Reconciler([]).respond(unhex(message))), answer)
  },

  refused({ message }) {
    refuses(() => new Reconciler([]).respond(unhex(message)))
    refuses(() => new Reconciler([]).proceed(unhex(message)))
  },
}
