/** What the pill of the top bar says of a status: is everything saved? Pure. */
import type { NodeStatus } from '../../shared/contract/node.ts'
import type { Words } from '../words/catalogue.ts'

export type Pill = { readonly tone: 'good' | 'wait' | 'bad'; readonly words: string }

/** A node is often a decision behind for a moment; only who is far behind has something to see. */
const BEHIND_MIN = 10

export function pillOf(
  status: Pick<NodeStatus, 'state' | 'queuedCount' | 'height' | 'catchingUpTo' | 'observingReason'>,
  t: Words['shell']['status'],
  written: (count: number) => string,
): Pill {
  switch (status.state) {
    case 'running': {
      // Nothing is lost, but somebody has to stop the other machine.
      if (isTwofold(status)) return { tone: 'bad', words: t.twofold }
      const { catchingUpTo, height } = status
      if (catchingUpTo !== null && catchingUpTo - height >= BEHIND_MIN)
        return { tone: 'wait', words: t.catchingUp(written(height), written(catchingUpTo)) }
      return status.queuedCount > 0
        ? { tone: 'wait', words: t.waiting(status.queuedCount) }
        : { tone: 'good', words: t.saved }
    }
    case 'starting':
      return { tone: 'wait', words: t.starting }
    case 'stopped':
      return { tone: 'bad', words: t.stopped }
    case 'disk-full':
      return { tone: 'bad', words: t.diskFull }
    case 'clock-wrong':
      return { tone: 'bad', words: t.clockWrong }
    case 'outdated':
      return { tone: 'bad', words: t.outdated }
    case 'halted':
      return { tone: 'bad', words: t.halted }
  }
}

/** Its keys sign elsewhere, or have signed what this machine does not know. */
function isTwofold({ observingReason }: Pick<NodeStatus, 'observingReason'>): boolean {
  return observingReason === 'keys-elsewhere' || observingReason === 'unknown-own-signature'
}
