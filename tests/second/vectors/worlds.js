// The candidates of draw.json, built by the rules it states.
import { hashed } from './shared.js'

const upTo = (n, make) => Array.from({ length: n }, (_, i) => make(i))

const host = (i) => hashed(`host-${i}`)

/** Event k of host i; `organisers` 0 for its own, else imported. */
function event(i, k, organisers = 0, slot = k) {
  const source = organisers ? `feed-${k % organisers}` : null
  const series = k > 0 && k % 3 === 0 ? 'weekly' : k % 2 ? source : null
  return { host: host(i), slot: BigInt(slot), id: hashed(`id-${i}-${k}`), series, source }
}

const events = (i, n, organisers) => upTo(n, (k) => event(i, k, organisers))

const same = () => upTo(5, (i) => events(i, 60, i < 3 ? 12 : 0))

const NAMES = [
  [0, 1, 'a', '', null],
  [0, 2 ** 63, 'b', 'é', null],
  [0, 2, 'c', '\u0000', null],
  [0, 3, 'd', null, 'Bücherei Süd'],
  [1, 3, 'e', '', 'Bücherei Süd'],
  [1, 768, 'f', '\u{1f372}', 'Bücherei'],
  [1, 1, 'g', null, null],
]

const WORLDS = {
  small: () => upTo(7, (i) => events(i, 1 + (i % 4))),
  big: () => upTo(400, (i) => events(i, i === 3 ? 2630 : 1 + (i % 9))),
  few: () => upTo(2, (i) => events(i, 9)),
  town: () => [events(0, 300, 40), ...upTo(13, (i) => events(i + 1, 1))],
  same,
  shifted: () => upTo(5, (i) => (i < 3 ? upTo(56, (k) => event(i, 2 * i + k, 12)) : events(i, 60))),
  diluted: () => [
    ...upTo(5, (i) => [
      ...events(i, 60, 12),
      ...(i ? upTo(140, (k) => event(i, 60 + k, 12, 1000 * i + 60 + k)) : []),
    ]),
    events(5, 60),
  ],
  renamed: () =>
    same().map((list, i) =>
      i !== 2
        ? list
        : list.map((one) =>
            one.series === null ? one : { ...one, series: `bundle ${Number(one.slot) % 5}` },
          ),
    ),
  mixed: () => upTo(4, (i) => upTo(30, (k) => event(i, k, i < 2 && k % 7 ? 5 : 0))),
  names: () =>
    NAMES.map(([i, slot, text, series, source]) => ({
      host: host(i),
      slot: BigInt(slot),
      id: hashed(text),
      series,
      source,
    })),
  empty: () => [],
}

export const world = (name) => WORLDS[name]().flat()

export const worldNames = Object.keys(WORLDS)
export { host }
