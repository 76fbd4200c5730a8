// The streams of one frame each way: peers' records, and dialling back.
import { same } from './bytes.js'
import { readHello, writeHello } from './frames.js'
import { isBinary } from './msgpack.js'
import { isCurrent, readRecord } from './peers.js'
import { demand } from './refused.js'

export const PEERS = '/potluck/peers/1'
export const DIALBACK = '/potluck/dialback/1'
const MOST_RECORDS = 32

/** What the responder answers to a value, or undefined where it closes without a word. */
async function ask(channel, network, value) {
  await channel.send(writeHello(network, [1, value]))
  const payload = await channel.receive()
  await channel.close()
  const answer = payload && readHello(network, payload)
  demand(!answer || answer.length === 1, 'no answer', 'exchange')
  return answer?.[0]
}

/** Tells one's own record, or none; the records that come back and are current. */
export async function exchangePeers(channel, network, own, now) {
  const told = (await ask(channel, network, own)) ?? []
  demand(
    Array.isArray(told) && told.length <= MOST_RECORDS && told.every(isBinary),
    'no records',
    'exchange',
  )
  const records = told.map(readRecord)
  demand(
    records.every((record) => same(record.network, network.id)),
    'of another network',
    'exchange',
  )
  return records.filter((record) => isCurrent(record, now))
}

/** Whether the responder reached this port where it sees us. */
export async function dialledBack(channel, network, port) {
  const reached = await ask(channel, network, port)
  demand(reached === undefined || typeof reached === 'boolean', 'no answer', 'exchange')
  return reached
}
