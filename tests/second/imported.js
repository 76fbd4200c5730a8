// Where an imported event comes from, and which slot it therefore has.
import { byte, join, number, utf8 } from './bytes.js'
import { hash256 } from './hash.js'
import { cleanSourceId, lengthOf } from './text.js'

const PLACEHOLDER =
  /^(noreply@|no-reply@|donotreply@|do-not-reply@|unknownorganizer@)|@example\.|@localhost|\.invalid/

const withoutPlaceholder = (text) =>
  text.includes('@') && PLACEHOLDER.test(text.toLowerCase()) ? '' : text

const afterLastAt = (uid) => (uid.includes('@') ? uid.slice(uid.lastIndexOf('@') + 1) : '')

const isUnique = (uid) => lengthOf(uid) >= 22 || /^[^.]+(\.[^.]+)+$/su.test(afterLastAt(uid))

/**
 * The first of these that says something: what the calendar's file has of each, '' if it has not.
 */
export function sourceIdOf({ organizer, mail, calendar, urlHost, uid }) {
  const words = [
    withoutPlaceholder(organizer.replace(/^"(.*)"$/s, '$1')),
    withoutPlaceholder(mail.replace(/^mailto:/i, '')),
    calendar,
    urlHost.toLowerCase(),
    afterLastAt(uid),
  ]
  return words.map(cleanSourceId).find((text) => text) ?? 'calendar'
}

export const spaceOf = (uid, calendar, source) => (isUnique(uid) ? '' : calendar || source)

/** `occurrence` is YYYYMMDD or YYYYMMDDTHHMM of one date of a repeated event, else ''. */
export function slotOf(uid, calendar, source, occurrence) {
  const parts = [spaceOf(uid, calendar, source), uid, occurrence].map(utf8)
  const hash = hash256(join(parts[0], byte(0), parts[1], byte(0), parts[2]), 'potluck.slot')
  return number(hash.slice(0, 8))
}
