// js-libp2p uses what Node has from 22 on.

Promise.withResolvers ??= function () {
  let functions
  const promise = new this((resolve, reject) => {
    functions = { resolve, reject }
  })
  return { promise, ...functions }
}
