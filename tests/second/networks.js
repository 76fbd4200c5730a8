// A network: its id, its topic, and the seal if it is closed.
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { hex, join } from './bytes.js'
import { hash256 } from './hash.js'
import { encode } from './msgpack.js'
import { demand } from './refused.js'
import { demandText } from './text.js'

const NONCE = 24
/** How much longer a seal makes a payload. */
export const SEAL_BYTES = NONCE + 16

export class Network {
  /** `secret` is null for an open one. */
  constructor({ name, stampBits = 22, secret = null }) {
    demandText(name, 64)
    demand(Number.isInteger(stampBits) && stampBits >= 0 && stampBits <= 40, 'no stamp bits')
    this.stampBits = stampBits
    this.secret = secret
    this.id = hash256(encode([name, stampBits]), 'potluck.network', secret).slice(0, 16)
    this.topic = `/potluck/1/${hex(this.id)}`
    this.sealKey = secret && hash256(this.id, 'potluck.seal', secret)
  }

  seal(payload, nonce = crypto.getRandomValues(new Uint8Array(NONCE))) {
    if (!this.secret) return payload
    return join(nonce, xsalsa20poly1305(this.sealKey, nonce).encrypt(payload))
  }

  open(sealed) {
    if (!this.secret) return sealed
    try {
      return xsalsa20poly1305(this.sealKey, sealed.slice(0, NONCE)).decrypt(sealed.slice(NONCE))
    } catch {
      return demand(false, 'a seal that cannot be opened', 'seal')
    }
  }
}

/** A network of which only id and stamp bits are known: open, and not to be made anew. */
export const openNetwork = (id, stampBits) =>
  Object.assign(Object.create(Network.prototype), {
    id,
    stampBits,
    secret: null,
    topic: `/potluck/1/${hex(id)}`,
  })
