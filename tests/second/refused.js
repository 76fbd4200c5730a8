// What a peer sent and a conforming node would not have: `offence` is its name where there is one.

export class Refused extends Error {
  constructor(message, offence = 'undecodable') {
    super(message)
    this.offence = offence
  }
}

export function demand(condition, message, offence) {
  if (!condition) throw new Refused(message, offence)
}
