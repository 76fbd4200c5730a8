import { hex, u64, unhex } from '../bytes.js'
import { distinct, draw } from '../draw.js'
import * as seeds from '../seeds.js'
import { findSource, sourceZeroBits } from '../stamps.js'
import { equal } from './shared.js'
import { world, worldNames } from './worlds.js'

export const rules = ['secret']

const SEEDS = {
  solo: ([date, redraw], secret) => seeds.soloSeed(date, redraw, secret),
  table: ([date, redraw], secret) => seeds.tableSeed(date, redraw, secret),
  dice: ([rolls]) => seeds.diceSeed(rolls),
  commitments: ([seed]) => seeds.seedCommitment(unhex(seed)),
}

const isEven = ({ slot }) => slot % 2n === 0n

const short = ({ organisers, series, events, deck }) => [organisers, series, events, deck]

export const sections = {
  worlds(described) {
    equal(
      Object.keys(described)
        .filter((name) => name !== 'host i')
        .sort(),
      worldNames.toSorted(),
    )
  },

  seeds({ rolls_needed, ...kinds }, { secret }) {
    equal(Object.keys(kinds).sort(), Object.keys(SEEDS).sort())
    for (const [kind, cases] of Object.entries(kinds)) {
      for (const one of cases) equal(hex(SEEDS[kind](one, unhex(secret))), one.at(-1))
    }
    for (const [events, rolls] of rolls_needed) equal(seeds.rollsNeeded(events), rolls)
    return [rolls_needed, ...Object.values(kinds)].flat().length
  },

  witness({ world: name, n, date, r, word, root, commitment, q, seed, told }) {
    const candidates = world(name)
    equal(hex(seeds.deckRoot(candidates)), root)
    equal(hex(seeds.commitment(candidates, n, date, unhex(r))), commitment)
    equal(hex(seeds.wordHash(word)), q)
    equal(hex(seeds.witnessSeed(unhex(commitment), unhex(r), word)), seed)
    for (const [series, source, hash] of told) equal(hex(seeds.told({ series, source })), hash)
  },

  draws({ world: name, candidates, deck_root, seed, n, wild, hand }) {
    const open = world(name)
    equal(distinct(open).length, candidates)
    equal(hex(seeds.deckRoot(open)), deck_root)
    const own = wild ? open.filter(isEven) : open
    const others = wild ? open.filter((one) => !isEven(one)) : []
    const cards = draw(unhex(seed), own, n, wild, others)
    equal(
      cards.map((one) => [
        hex(one.host),
        hex(u64(one.slot)),
        one.source,
        one.round,
        hex(one.ticket),
        short(one.odds),
      ]),
      hand,
    )
    equal(
      cards.map((one) => one.wild),
      cards.map((_, i) => i >= cards.length - wild),
    )
    // Neither order nor repetition matters.
    equal(draw(unhex(seed), [...own, ...own].reverse(), n, wild, others), cards)
  },

  source_stamps({ network, host, source, stamp_bits, first_stamp, zero_bits }) {
    const [id, key] = [unhex(network), unhex(host)]
    equal(hex(findSource(id, key, source, stamp_bits)), first_stamp)
    equal(sourceZeroBits(id, key, source, unhex(first_stamp)), zero_bits)
  },
}
