// A session of sync, as initiator and as responder, over a Channel.
//
// `held` is what it is about, a Deck or Vouches.
import { hex, unhex } from './bytes.js'
import { MOST_BYTES, readFrame, readHello, writeFrame, writeHello } from './frames.js'
import { isBinary, isInteger } from './msgpack.js'
import { Reconciler } from './reconciliation.js'
import { demand } from './refused.js'

export const PROTOCOL = '/potluck/sync/1'
export const [ANNOUNCEMENTS, VOUCHES] = [0, 1]
const BATCH = 200
const DIFFERENCES = 2000
const FRAMES = 64
const SESSION = 4 * 2 ** 20
const HOUR = 3600
const DAY = 24 * HOUR
const [ANOTHER, COMPLETE, LIMITED] = [0, 1, 2]
// A frame's own bytes besides the announcements in it, with room to spare.
const ROOM = MOST_BYTES - 16 * 1024
// What a message of reconciliation may fill: besides it there are kind, head and seal.
const MESSAGE = MOST_BYTES - 64

const cutoffAt = (now) => Math.ceil(now / HOUR) * HOUR

const isId = (value) => isBinary(value) && value.length === 32

function demandIds(value) {
  demand(Array.isArray(value) && value.length <= BATCH && value.every(isId), 'no ids', 'sync')
  demand(new Set(value.map(hex)).size === value.length, 'an id twice', 'sync')
  return value.map(hex)
}

const isU32 = (value) => isInteger(value) && value >= 0 && value <= 0xffffffff

function batches(ids) {
  return Array.from({ length: Math.ceil(ids.length / BATCH) }, (_, i) =>
    ids.slice(BATCH * i, BATCH * (i + 1)),
  )
}

const itemsOf = (held, cutoff, now) =>
  held
    .live(now)
    .filter(({ expiresAt }) => expiresAt > cutoff)
    .map(({ issuedAt, id, encoded }) => ({ timestamp: BigInt(issuedAt), id, encoded }))

class Session {
  constructor(channel, network, held, clock) {
    Object.assign(this, { channel, network, held, clock })
    this.sent = 0
    this.bytes = 0
    this.given = new Map() // name of a decision → how many of what was given to us
  }

  isSpent() {
    return this.sent >= FRAMES - 1 || this.bytes >= SESSION
  }

  async send(kind, value) {
    const payload = writeFrame(this.network, kind, value)
    this.sent += 1
    this.bytes += payload.length
    await this.channel.send(payload)
  }

  /** The next frame, which is of one of these kinds, or null where the other side has ended. */
  async receive(...kinds) {
    const payload = await this.channel.receive()
    if (!payload) return null
    const frame = readFrame(this.network, payload)
    demand(kinds.includes(frame.kind), `${frame.kind} out of turn`, 'sync')
    return frame
  }

  index(cutoff) {
    const items = itemsOf(this.held, cutoff, this.clock())
    this.encoded = new Map(items.map(({ id, encoded }) => [hex(id), encoded]))
    return new Reconciler(items, MESSAGE)
  }

  /**
   * GIVEs of these ids, the last of them with `more` at 1, or at 2 where the session's limit ends
   * it.
   */
  async give(ids) {
    const absent = ids.filter((id) => !this.encoded.has(id)).map(unhex)
    let part = []
    let size = 0
    for (const encoded of ids.map((id) => this.encoded.get(id)).filter(Boolean)) {
      if (size + encoded.length > ROOM) {
        if (this.isSpent()) return this.send('GIVE', [LIMITED, part, []])
        await this.send('GIVE', [ANOTHER, part, []])
        part = []
        size = 0
      }
      part.push(encoded)
      size += encoded.length
    }
    return this.send('GIVE', [COMPLETE, part, absent])
  }

  /** Takes what is given in answer to ids; false where that was not all. */
  async taken(ids) {
    const wanted = new Set(ids)
    for (;;) {
      const frame = await this.receive('GIVE')
      if (!frame) return false
      const [more, absent] = this.readGive(frame.value, (id) => wanted.delete(id))
      for (const id of absent) demand(wanted.delete(id), 'an id that was not wanted', 'sync')
      if (more !== ANOTHER) return more === COMPLETE
    }
  }

  readGive(value, isWanted) {
    demand(Array.isArray(value) && value.length === 3, 'no GIVE', 'sync')
    const [more, encoded, absent] = value
    demand([ANOTHER, COMPLETE, LIMITED].includes(more), 'no GIVE', 'sync')
    demand(Array.isArray(encoded) && encoded.every(isBinary), 'no GIVE', 'sync')
    for (const one of encoded.map(this.held.read)) {
      demand(isWanted(hex(one.id)), 'one that was not wanted', 'sync')
      const decision = this.held.decide(one, this.clock())
      this.given.set(decision, (this.given.get(decision) ?? 0) + 1)
      this.last = one
    }
    return [more, demandIds(absent)]
  }
}

/**
 * Says hello first; null where the other side is on another network, busy or of another version.
 */
async function greet(session, set, cursor) {
  const now = session.clock()
  const cutoff = cutoffAt(now)
  await session.channel.send(writeHello(session.network, [1, now, cutoff, cursor, set]))
  const answer = await session.channel.receive()
  const hello = answer && readHello(session.network, answer)
  if (!hello) return null
  demand(hello.length === 1 && isU32(hello[0]), 'no hello', 'sync')
  return cutoff
}

/**
 * Reconciles with a responder and exchanges what either side lacks; what was given to us, by
 * decision.
 */
export async function reconcile(channel, network, held, set, clock) {
  const session = new Session(channel, network, held, clock)
  const cutoff = await greet(session, set, null)
  if (cutoff !== null) await exchange(session, session.index(cutoff))
  await channel.close()
  return session.given
}

async function exchange(session, reconciler) {
  let message = reconciler.open()
  while (message && reconciler.has.size + reconciler.lacks.size < DIFFERENCES) {
    if (session.isSpent()) return
    await session.send('RECONCILE', message)
    const frame = await session.receive('RECONCILE')
    if (!frame) return
    demand(isBinary(frame.value), 'no message', 'sync')
    message = reconciler.proceed(frame.value)
  }
  for (const ids of batches([...reconciler.lacks])) {
    if (session.isSpent()) return
    await session.send('WANT', ids.map(unhex))
    if (!(await session.taken(ids))) return
  }
  for (const ids of batches([...reconciler.has])) {
    if (session.isSpent()) return
    await session.send('HAVE', ids.map(unhex))
    const frame = await session.receive('WANT')
    if (!frame) return
    const wanted = demandIds(frame.value)
    demand(
      wanted.every((id) => ids.includes(id)),
      'an id that was not offered',
      'sync',
    )
    if (wanted.length) await session.give(wanted)
  }
}

/** Takes all that a responder holds, session by session: `dial()` opens a channel for each. */
export async function stream(dial, network, held, set, clock) {
  const given = new Map()
  let cursor = [0, new Uint8Array(32)]
  for (let more = LIMITED; more === LIMITED; ) {
    const session = new Session(await dial(), network, held, clock)
    more = (await greet(session, set, cursor)) === null ? COMPLETE : ANOTHER
    while (more === ANOTHER) {
      const frame = await session.receive('GIVE')
      if (!frame) break
      more = session.readGive(frame.value, () => true)[0]
    }
    if (session.last) cursor = [session.last.issuedAt, session.last.id]
    await session.channel.close()
    for (const [decision, count] of session.given)
      given.set(decision, (given.get(decision) ?? 0) + count)
  }
  return given
}

/** Asks for one announcement: whether the responder holds it. */
export async function ask(channel, network, held, set, clock, id) {
  const session = new Session(channel, network, held, clock)
  if ((await greet(session, set, null)) !== null) {
    await session.send('WANT', [unhex(id)])
    await session.taken([id])
  }
  await channel.close()
  return session.last !== undefined
}

/** Answers an initiator; `sets` are what the sessions of 0 and 1 are about. */
export async function respond(channel, network, sets, clock) {
  const payload = await channel.receive()
  const hello = payload && readHello(network, payload)
  if (!hello) return channel.close()
  demand(hello.length === 4, 'no hello', 'sync')
  const [theirs, cutoff, cursor, set] = hello
  demand(
    isU32(theirs) && isU32(cutoff) && [ANNOUNCEMENTS, VOUCHES].includes(set),
    'no hello',
    'sync',
  )
  demand(
    cursor === null ||
      (Array.isArray(cursor) && cursor.length === 2 && isU32(cursor[0]) && isId(cursor[1])),
    'no cursor',
    'sync',
  )
  const session = new Session(channel, network, sets[set], clock)
  await channel.send(writeHello(network, [1, clock()]))
  if (Math.abs(clock() - cutoff) <= DAY) {
    const reconciler = session.index(cutoff)
    if (cursor === null) await answer(session, reconciler)
    else await pour(session, reconciler.items, { timestamp: BigInt(cursor[0]), id: cursor[1] })
  }
  return channel.close()
}

async function pour(session, items, cursor) {
  const isAfter = ({ timestamp, id }) =>
    timestamp > cursor.timestamp ||
    (timestamp === cursor.timestamp && Buffer.compare(id, cursor.id) > 0)
  await session.give(items.filter(isAfter).map(({ id }) => hex(id)))
}

/** Answers what is asked, in whatever order. */
async function answer(session, reconciler) {
  while (!session.isSpent()) {
    const frame = await session.receive('RECONCILE', 'WANT', 'HAVE')
    if (!frame) return
    const { kind, value } = frame
    if (kind === 'RECONCILE') {
      demand(isBinary(value), 'no message', 'sync')
      await session.send('RECONCILE', reconciler.respond(value))
    } else if (kind === 'WANT') {
      await session.give(demandIds(value))
    } else {
      const ids = demandIds(value).filter((id) => !session.held.holds(id))
      await session.send('WANT', ids.map(unhex))
      if (ids.length && !(await session.taken(ids))) return
    }
  }
}
