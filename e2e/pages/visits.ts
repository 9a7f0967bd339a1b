/** A place on this machine that counts who comes by, to see that nobody does. */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'

export interface Visits {
  /** `127.0.0.1:4711`, the same number for TCP and for UDP. */
  readonly host: string
  /** The same place under the addresses of this machine, for what does not visit loopback. */
  readonly hosts: readonly string[]
  /** Connections and datagrams so far, whatever came over them. */
  count(): number
  close(): void
}

export async function countVisits(): Promise<Visits> {
  let count = 0
  const server = createServer((_, response) => response.end('here'))
  server.on('connection', () => count++)
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  const { port } = server.address() as AddressInfo
  const socket = createSocket('udp4').on('message', () => count++)
  await new Promise<void>((resolve) => socket.bind(port, '0.0.0.0', resolve))
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
  return {
    host: `127.0.0.1:${port}`,
    hosts: ['127.0.0.1', ...others.map(({ address }) => address)].map((address) => `${address}:${port}`),
    count: () => count,
    close() {
      server.close()
      server.closeAllConnections()
      socket.close()
    },
  }
}
