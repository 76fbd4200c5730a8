// What a host pays once for its key on a network, and once for each source that it imports there.
import { join, u64, utf8, zeroBits } from './bytes.js'
import { hash256 } from './hash.js'

const birth = (network, host, stamp) => hash256(join(network, host, stamp), 'potluck.stamp')

const source = (network, host, id, stamp) =>
  hash256(join(network, host, utf8(id), stamp), 'potluck.source')

export const sourceBits = (stampBits) => Math.max(0, stampBits - 4)

export const birthZeroBits = (network, host, stamp) => zeroBits(birth(network, host, stamp))

export const sourceZeroBits = (network, host, id, stamp) =>
  zeroBits(source(network, host, id, stamp))

function firstStamp(bits, zeroBitsOf) {
  for (let n = 0n; ; n++) if (zeroBitsOf(u64(n)) >= bits) return u64(n)
}

export const findBirth = (network, host, stampBits) =>
  firstStamp(stampBits, (stamp) => birthZeroBits(network, host, stamp))

export const findSource = (network, host, id, stampBits) =>
  firstStamp(sourceBits(stampBits), (stamp) => sourceZeroBits(network, host, id, stamp))
