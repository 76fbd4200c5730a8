import { hex } from '../bytes.js'
import * as links from '../links.js'
import { equal, refuses } from './shared.js'

export const rules = []

export const sections = {
  tables({ name, secret, tz, place, days, hand, link }) {
    const [lat, lon, km] = place
    const { kind, ...table } = links.read(link)
    equal({ ...table, k: hex(table.k) }, { n: name, k: secret, tz, lat, lon, km, days, hand })
    equal([kind, links.writeTable(table)], ['table', link])
  },

  invitations({ name, stamp_bits, secret, peers, table, link }) {
    const { kind, ...said } = links.read(link)
    equal([kind, said.n, said.b, said.peer], ['network', name, stamp_bits, peers])
    equal(said.k ? hex(said.k) : null, secret)
    equal(said.table ? links.writeTable(said.table) : null, table)
    equal(links.writeNetwork(said), link)
  },

  taken({ text, as }) {
    equal(links.read(text), links.read(as))
  },

  refused(text) {
    refuses(() => links.read(text))
  },
}
