// BLAKE2b with a personalisation in ASCII, padded with zero bytes to 16.
import { blake2b } from '@noble/hashes/blake2.js'
import { utf8 } from './bytes.js'

function padded(person) {
  const bytes = new Uint8Array(16)
  bytes.set(utf8(person))
  return bytes
}

function digest(bits, message, person, key) {
  const options = { dkLen: bits / 8 }
  if (person) options.personalization = padded(person)
  if (key?.length) options.key = key
  return blake2b(message, options)
}

export const hash256 = (message, person, key) => digest(256, message, person, key)
export const hash128 = (message, person, key) => digest(128, message, person, key)
