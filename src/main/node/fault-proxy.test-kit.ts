/** A line between two members of a test over loopback that can be cut and joined. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface FaultProxy {
  readonly port: number
  /** Ends what is open and takes nothing more until `join`. */
  cut(): void
  join(): void
  close(): Promise<void>
}

export async function openFaultProxy(toPort: number): Promise<FaultProxy> {
  const open = new Set<Socket>()
  let isCut = false
  const server: Server = createServer((inbound) => {
    if (isCut) return void inbound.destroy()
    const outbound = connect(toPort, '127.0.0.1')
    for (const [socket, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      open.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    inbound.pipe(outbound)
    outbound.pipe(inbound)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const drop = (): void => {
    for (const socket of [...open]) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true
      drop()
    },
    join() {
      isCut = false
    },
    close() {
      drop()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
