/** Messages on the local socket: one JSON text a line. Both ends bound what they read. */
import type { Socket } from 'node:net'

/** Longest line that is read; an import report with its first hundred rejects is far below. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024

export interface Line {
  send(message: unknown): void
  close(): void
}

/** Calls `onMessage` for each line; a line that is too long or no JSON ends the connection. */
export function talkLines(socket: Socket, onMessage: (message: unknown) => void, onClose: () => void): Line {
  let parts: Buffer[] = []
  let byteCount = 0
  socket.on('data', (chunk: Buffer) => {
    let rest = chunk
    for (;;) {
      const end = rest.indexOf(10)
      if (end < 0) break
      parts.push(rest.subarray(0, end))
      const line = Buffer.concat(parts).toString('utf8')
      parts = []
      byteCount = 0
      rest = rest.subarray(end + 1)
      let message: unknown
      try {
        message = JSON.parse(line)
      } catch {
        socket.destroy()
        return
      }
      onMessage(message)
    }
    if (rest.length > 0) parts.push(rest)
    byteCount += rest.length
    if (byteCount > LINE_BYTES_MAX) socket.destroy()
  })
  socket.on('error', () => socket.destroy())
  socket.once('close', onClose)
  return {
    send: (message) => {
      if (!socket.destroyed) socket.write(JSON.stringify(message) + '\n')
    },
    close: () => socket.end(),
  }
}
