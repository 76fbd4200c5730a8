// A host key as six words to be read aloud.
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { number } from './bytes.js'
import { hash256 } from './hash.js'

export function sixWords(key) {
  const bits = number(hash256(key, 'potluck.words')) >> 190n
  return [5, 4, 3, 2, 1, 0].map((place) => wordlist[Number((bits >> BigInt(11 * place)) & 2047n)])
}
