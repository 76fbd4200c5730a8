// Some announcements and vouches of hosts of our own, with what a node might read differently.
import * as announcement from './announcement.js'
import { u64, utf8 } from './bytes.js'
import { hash256 } from './hash.js'
import { slotOf } from './imported.js'
import * as keys from './keys.js'
import { Float } from './msgpack.js'
import { findBirth, findSource } from './stamps.js'
import * as vouches from './vouches.js'

const DAY = 86400

const map = (object) => new Map(Object.entries(object))

/** Somewhere so many kilometres north of the table's place. */
const place = ({ lat, lon }, north, uncertainty) =>
  map({
    name: 'Café Größenwahn',
    lat: new Float(lat + north / 111.2),
    lon: new Float(lon),
    ...(uncertainty && { uncertainty }),
  })

export class Host {
  constructor(name, network) {
    this.network = network
    this.secret = hash256(utf8(name))
    this.key = keys.publicKey(this.secret)
    this.nonce = findBirth(network.id, this.key, network.stampBits)
  }

  announce(body, { slot, revision = 0, issuedAt, status = 'scheduled' }) {
    return announcement.write(
      {
        network: this.network.id,
        nonce: this.nonce,
        slot,
        revision,
        issuedAt,
        expiresAt: issuedAt + 90 * DAY,
        status,
        body: body && map(body),
      },
      this.secret,
    )
  }

  imported(body, uid, occurrence, id, fields) {
    const stamp = findSource(this.network.id, this.key, id, this.network.stampBits)
    return this.announce(
      { ...body, source: map({ id, stamp }) },
      { ...fields, slot: slotOf(uid, 'Town calendar', id, occurrence) },
    )
  }

  vouchFor(host, index, now) {
    return vouches.write(
      {
        network: this.network.id,
        nonce: this.nonce,
        index,
        host,
        issuedAt: now,
        expiresAt: now + 90 * DAY,
        given: true,
      },
      this.secret,
    )
  }
}

/**
 * All of them issued more than a day ago, except for two; `at` is the table's place, `km` its
 * radius.
 */
export function announcementsOf([ada, bo, cy], at, km, now) {
  const issuedAt = now - 26 * 3600
  const event = (title, days, more = {}) => ({
    title,
    tz: 'Europe/Berlin',
    start: now + days * DAY,
    place: place(at, 1),
    ...more,
  })
  const far = (title, north, uncertainty) =>
    event(title, 3, { place: place(at, north, uncertainty) })
  const own = (host, slot, body, more = {}) => host.announce(body, { slot, issuedAt, ...more })
  const copies = [ada, cy].flatMap((host) =>
    [1, 2, 3, 4].map((day) =>
      host.imported(
        event('Story hour', day, { series: 'Bücherei Süd' }),
        'story@library.example',
        `2027030${day}`,
        'Bücherei Süd',
        { issuedAt },
      ),
    ),
  )
  return [
    ...copies,
    ...[0, 1, 2].map((slot) =>
      own(bo, slot, event(`Jazz 🎷 ${slot}`, slot + 1, { series: 'é', about: 'a\nb' })),
    ),
    own(bo, 3, far('too far', km + 1)),
    own(bo, 4, far('perhaps within', km + 1, 2000)),
    own(bo, 5, far('just within', km - 0.1)),
    own(bo, 6, event('postponed', 5), { status: 'postponed' }),
    own(
      bo,
      7,
      { title: 'postponed to no date', tz: 'UTC', place: place(at, 1) },
      { status: 'postponed' },
    ),
    own(bo, 8, event('cancelled', 5), { status: 'cancelled' }),
    own(bo, 9, null, { status: 'withdrawn' }),
    own(bo, 10, event('of today', 5), { issuedAt: now - 60 }),
    own(bo, 11, event('revised today', 5), { issuedAt: now - 60, revision: 1 }),
    own(bo, 12, event('long ago', -3)),
    own(bo, 13, event('too late', 60)),
    own(bo, 14, event('nowhere', 5, { place: map({ name: 'somewhere' }) })),
    own(cy, 2n ** 64n - 1n, event('the last slot', 6, { later: [null, new Float(2), u64(1)] })),
  ]
}

export const vouchesOf = ([ada, bo, cy], now) => [
  ada.vouchFor(bo.key, 0, now),
  bo.vouchFor(ada.key, 0, now),
  bo.vouchFor(cy.key, 63, now),
  cy.vouchFor(bo.key, 1, now),
]
