// Announcements as one file.
import { MOST_BYTES } from './announcement.js'
import { join, number, same, u16, utf8 } from './bytes.js'
import { SEAL_BYTES } from './networks.js'
import { demand } from './refused.js'

const MAGIC = utf8('potluck-deck-v1\n')

export const writeBundle = (network, encoded, nonce) =>
  join(
    MAGIC,
    network.id,
    ...encoded.map((one) => network.seal(one, nonce)).flatMap((one) => [u16(one.length), one]),
  )

/**
 * What the file holds before it ends or is damaged: announcements as they travel, not yet opened
 * and admitted.
 */
export function readBundle(network, file) {
  demand(same(file.subarray(0, 16), MAGIC), 'no bundle')
  demand(same(file.subarray(16, 32), network.id), 'of another network', 'network')
  const most = MOST_BYTES + (network.secret ? SEAL_BYTES : 0)
  const found = []
  for (let at = 32; at + 2 <= file.length; ) {
    const length = Number(number(file.subarray(at, at + 2)))
    const end = at + 2 + length
    if (length > most || end > file.length) break
    found.push(file.subarray(at + 2, end))
    at = end
  }
  return found
}
