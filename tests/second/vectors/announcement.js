import * as announcement from '../announcement.js'
import { hex, number, unhex } from '../bytes.js'
import { slotOf, spaceOf } from '../imported.js'
import * as keys from '../keys.js'
import { birthZeroBits, findBirth } from '../stamps.js'
import { equal, networkOf, NETWORKS, refuses, valueOf } from './shared.js'

export const rules = []

export const sections = {
  keys({ seed, key }) {
    equal(hex(keys.publicKey(unhex(seed))), key)
  },

  networks(expected) {
    const network = networkOf(expected)
    equal({ id: hex(network.id), topic: network.topic }, { id: expected.id, topic: expected.topic })
  },

  stamps({ network, host, bits, first_nonce, zero_bits }) {
    const [id, key] = [unhex(network), unhex(host)]
    equal(hex(findBirth(id, key, bits)), first_nonce)
    equal(birthZeroBits(id, key, unhex(first_nonce)), zero_bits)
  },

  seal({ network, nonce, payload, sealed }) {
    equal(hex(NETWORKS[network].seal(unhex(payload), unhex(nonce))), sealed)
    equal(hex(NETWORKS[network].open(unhex(sealed))), payload)
  },

  signatures({ key, message, signature, holds }) {
    equal(keys.verify(unhex(signature), unhex(message), unhex(key)), holds)
  },

  slots({ uid, calendar, source, occurrence, space, slot }) {
    equal(spaceOf(uid, calendar, source), space)
    equal(slotOf(uid, calendar, source, occurrence), number(unhex(slot)))
  },

  announcements(
    { seed, slot, revision, issued_at, expires_at, status, body, ...expected },
    { networks },
  ) {
    const network = unhex(networks[0].id)
    const fields = {
      network,
      nonce: findBirth(network, keys.publicKey(unhex(seed)), 8),
      slot: number(unhex(slot)),
      revision,
      issuedAt: issued_at,
      expiresAt: expires_at,
      status,
      body: valueOf(body),
    }
    const written = announcement.write(fields, unhex(seed))
    const read = announcement.read(unhex(expected.encoded))
    for (const one of [written, read]) {
      for (const key of ['signed', 'signature', 'id', 'encoded'])
        equal(hex(one[key]), expected[key])
      for (const key of Object.keys(fields)) equal(one[key], fields[key])
      equal(one.isSigned(), true)
    }
  },

  refused({ encoded }) {
    refuses(() => announcement.read(unhex(encoded)))
  },
}
