/** What of consensus the window has to hear, and since when rounds go on at one height without a decision. Pure. */
import { toHex } from '../../shared/std/bytes.ts'
import type { EngineView } from '../node/consensus/engine/engine.ts'

/** One height that is under way, and since when it has been seen so. */
export interface UnderWay {
  readonly height: number
  readonly since: number
}

/** Rounds that ended without a decision, and for how long nothing has been decided. */
export interface Stall {
  readonly rounds: number
  readonly minutes: number
}

type Seen = Pick<EngineView, 'height' | 'round' | 'phase'>

/** One round may fail because a proposer is away; the third says that something lasts. */
const ROUNDS_WORTH_SAYING = 3
const STALL_WORTH_SAYING_MS = 60_000

export function underWayAfter(
  before: UnderWay | null,
  { height, phase }: Seen,
  now: number,
): UnderWay | null {
  if (phase === 'idle' || phase === 'decided') return null
  return before?.height === height ? before : { height, since: now }
}

/** Null as long as it may still be ordinary. */
export function stallOf(underWay: UnderWay | null, { height, round }: Seen, now: number): Stall | null {
  if (underWay === null || underWay.height !== height || round < ROUNDS_WORTH_SAYING) return null
  const lasted = now - underWay.since
  return lasted < STALL_WORTH_SAYING_MS ? null : { rounds: round, minutes: Math.floor(lasted / 60_000) }
}

/** Equal texts look equal in the room Network. */
export function consensusAsText({
  height,
  round,
  phase,
  prevoted,
  precommitted,
  standing,
}: Omit<EngineView, 'proposer' | 'isHalted' | 'waitingMessageCount' | 'heldValueCount'>): string {
  const who = (members: EngineView['prevoted']) => members.map((id) => toHex(id)).join(',')
  return [height, round, phase, who(prevoted), who(precommitted), standing.kind].join(' ')
}
