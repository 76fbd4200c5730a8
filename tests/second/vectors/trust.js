import { hex, u64, unhex } from '../bytes.js'
import * as keys from '../keys.js'
import { Network } from '../networks.js'
import * as receipts from '../receipts.js'
import { findBirth } from '../stamps.js'
import { verify } from '../verify.js'
import * as vouches from '../vouches.js'
import { vouchedDraw } from '../walks.js'
import { changed } from './receipt.js'
import { equal, hashed } from './shared.js'
import { host, world } from './worlds.js'

export const rules = ['walks_explained']

const HOSTS = Array.from({ length: 14 }, (_, i) => host(i))

const nameOf = (i) => hex(HOSTS[i])

const numberOf = (name) => HOSTS.findIndex((one) => hex(one) === name)

const vouchesFor = (i, j) => i !== j && ((i + j) % 3 === 0 || (j - i + 14) % 14 === 5)

const FRIENDS = new Map(
  HOSTS.map((_, i) => [
    nameOf(i),
    HOSTS.flatMap((_, j) => (vouchesFor(i, j) && vouchesFor(j, i) ? [nameOf(j)] : [])),
  ]),
)

let network

export const sections = {
  network({ name, stamp_bits }) {
    network = new Network({ name, stampBits: stamp_bits })
  },

  vouches({ index, issued_at, expires_at, given, id, encoded }) {
    const secret = hashed('ada')
    const fields = {
      network: network.id,
      nonce: findBirth(network.id, keys.publicKey(secret), network.stampBits),
      index,
      host: keys.publicKey(hashed('bo')),
      issuedAt: issued_at,
      expiresAt: expires_at,
      given,
    }
    for (const vouch of [vouches.write(fields, secret), vouches.read(unhex(encoded))]) {
      equal([hex(vouch.id), hex(vouch.encoded), vouch.isSigned()], [id, encoded, true])
      for (const key of Object.keys(fields)) equal(vouch[key], fields[key])
    }
  },

  walks({ seed, n, strangers, hosts, hand }) {
    const candidates = world('town').filter((one) => hosts.includes(numberOf(hex(one.host))))
    const cards = vouchedDraw({
      seed: unhex(seed),
      candidates,
      n,
      strangers,
      met: [1, 2, 3].map(nameOf),
      friends: FRIENDS,
    })
    equal(
      cards.map(({ number, path, host: dealt, slot, source }) => [
        number,
        path && path.map(numberOf),
        numberOf(hex(dealt)),
        hex(u64(slot)),
        source,
      ]),
      hand,
    )
  },

  receipts({ id, text }) {
    const receipt = receipts.read(text)
    equal([hex(receipts.idOf(receipt)), receipts.write(receipt), verify(receipt)], [id, text, []])
  },

  differing(change, { receipts: cases }) {
    equal(new Set(verify(receipts.read(changed(change, cases)))), new Set(change.found))
  },
}
