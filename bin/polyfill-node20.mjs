// libp2p 3 uses Promise.withResolvers, which Node has from 22 on; Electron 42 has it, Node 20 has not.
Promise.withResolvers ??= function withResolvers() {
  let resolve
  let reject
  const promise = new Promise((onDone, onError) => {
    resolve = onDone
    reject = onError
  })
  return { promise, resolve, reject }
}
