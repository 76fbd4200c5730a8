// Announcements as one file.
import { join, number, same, u16, utf8 } from './bytes.js'
import { demand } from './refused.js'

const MAGIC = utf8('potluck-deck-v1\n')

export const writeBundle = (network, encoded, nonce) => join(
  MAGIC, network.id,
  ...encoded.map((one) => network.seal(one, nonce)).flatMap((one) => [u16(one.length), one]))

/** What the file holds, opened and not yet admitted. */
export function readBundle(network, file) {
  demand(same(file.subarray(0, 16), MAGIC), 'no bundle')
  demand(same(file.subarray(16, 32), network.id), 'of another network', 'network')
  const found = []
  for (let at = 32; at < file.length;) {
    demand(at + 2 <= file.length, 'it breaks off')
    const end = at + 2 + Number(number(file.subarray(at, at + 2)))
    demand(end <= file.length, 'it breaks off')
    found.push(network.open(file.subarray(at + 2, end)))
    at = end
  }
  return found
}
