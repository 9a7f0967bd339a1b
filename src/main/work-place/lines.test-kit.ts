/** A node at the other end of lines that a test holds in its hands: no network, every dial is a new line. */
import type { Reply } from '../../shared/contract/kit.ts'
import { toHex } from '../../shared/std/bytes.ts'
import type { LaneStream, LaneStreamHandlers, Wires } from '../node/network/wire.ts'
import { PLACE_LIMITS } from './limits.ts'
import { serveLink } from './link.ts'
import type { PlaceFacts } from './place-folder.ts'

const NODE_KEY = new Uint8Array(32).fill(7)
export const LINE_FACTS = {
  nodeKey: toHex(NODE_KEY),
  chainId: '00'.repeat(32),
  secret: '11'.repeat(32),
  psk: '22'.repeat(32),
  address: '127.0.0.1:1',
} as PlaceFacts

/** @param answer gets the number of the line, from 1 */
export function wiresOfLines(
  answer: (line: number, name: string, input: unknown) => Promise<Reply<unknown>>,
) {
  const lines: { cut(): void }[] = []
  const open = async (): Promise<Wires> => {
    let begin: Parameters<Wires['start']>[0] | null = null
    return {
      start: async (handlers) => void (begin = handlers),
      stop: async () => {},
      addresses: () => [],
      probe: async () => 'nobody',
      async dial() {
        const { near, far } = lane()
        const number = lines.push({ cut: near.abort })
        serveLink(
          far,
          PLACE_LIMITS,
          (name, input) => answer(number, name, input),
          () => {},
        )
        begin!.wire({
          remoteKey: NODE_KEY,
          direction: 'outbound',
          generation: 1,
          openLane: async () => near,
          listen() {},
          abort: near.abort,
        })
      },
    }
  }
  return { lines, open }
}

function lane(): { near: LaneStream; far: LaneStream } {
  const ends: (LaneStreamHandlers | null)[] = [null, null]
  let isOpen = true
  const end = (mine: 0 | 1): LaneStream => ({
    send(bytes) {
      setImmediate(() => isOpen && ends[1 - mine]?.data(bytes.slice()))
      return true
    },
    pause() {},
    resume() {},
    abort() {
      if (!isOpen) return
      isOpen = false
      for (const handlers of ends) handlers?.closed()
    },
    listen: (handlers) => void (ends[mine] = handlers),
  })
  return { near: end(0), far: end(1) }
}
