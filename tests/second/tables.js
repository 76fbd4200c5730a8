// Tables: which events of a deck everybody at a table draws from on a date.
import geodesic from 'geographiclib-geodesic'

const WGS84 = geodesic.Geodesic.WGS84

const distance = (a, b) => WGS84.Inverse(a.lat, a.lon, b.lat, b.lon, geodesic.Geodesic.DISTANCE).s12

function wallClock(time, zone) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(time * 1000)
  const [year, month, day, hour, minute, second] = [
    'year',
    'month',
    'day',
    'hour',
    'minute',
    'second',
  ].map((type) => Number(parts.find((part) => part.type === type).value))
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000
}

/** The time of 00:00 of a date (YYYY-MM-DD, and so many days on) in a zone. */
export function midnight(date, zone, days = 0) {
  const wall = Date.parse(`${date}T00:00:00Z`) / 1000 + days * 86400
  const guess = wall - (wallClock(wall, zone) - wall)
  return guess - (wallClock(guess, zone) - wall)
}

/** Whether an announcement may be dealt at a table ({ tz, lat, lon, km, days }) on a date. */
export function isAtTable(announcement, table, date) {
  const { status, body, revision, issuedAt } = announcement
  const from = midnight(date, table.tz)
  if (!['scheduled', 'postponed'].includes(status) || !body.has('start')) return false
  if (body.get('start') < from || body.get('start') >= midnight(date, table.tz, table.days))
    return false
  if (revision === 0 && issuedAt >= from) return false
  const place = body.get('place')
  if (!place?.has('lat')) return false
  const at = { lat: place.get('lat').value, lon: place.get('lon').value }
  return distance(table, at) - (place.get('uncertainty') ?? 0) <= table.km * 1000
}

export const candidateOf = ({ host, slot, id, body }) => ({
  host,
  slot,
  id,
  series: body.get('series') ?? null,
  source: body.get('source')?.get('id') ?? null,
})

export const tableCandidates = (announcements, table, date) =>
  announcements.filter((one) => isAtTable(one, table, date)).map(candidateOf)
