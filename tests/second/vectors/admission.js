import { Deck } from '../admission.js'
import { hex, unhex } from '../bytes.js'
import { Network } from '../networks.js'
import { equal, NETWORKS } from './shared.js'

export const rules = ['network']

function checkSteps(deck, steps) {
  for (const { name, now, bytes, decision } of steps) {
    equal([name, deck.arrive(unhex(bytes), now)], [name, decision])
  }
  return steps.length
}

let node

export const sections = {
  // One node, step by step: the first step makes it.
  steps(step, { network, steps }) {
    if (step === steps[0]) node = new Deck(NETWORKS[network])
    checkSteps(node, [step])
  },

  crowded({ limit, steps }, { network }) {
    return checkSteps(new Deck(NETWORKS[network], limit), steps)
  },

  imports({ name, stamp_bits, network, steps }) {
    const made = new Network({ name, stampBits: stamp_bits })
    equal(hex(made.id), network)
    return checkSteps(new Deck(made), steps)
  },
}
