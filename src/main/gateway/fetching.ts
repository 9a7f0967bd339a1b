/**
 * Documents and recorded answers that others hold, fetched beside the queue of studies: a member that answers slowly holds up its own study and
 * no other. What was fetched lies in this node's store, where the next look finds it.
 */
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import type { GatewayExchange } from './gateway-port.ts'

export interface Fetching {
  /** From this node's own store; null where it is not there: then it is being asked for. */
  documentOf(commitment: Bytes): Promise<Bytes | null>
  /** As `documentOf`: the recorded answer of a study with a result. */
  answerOf(studyHash: ItemHash): Promise<Bytes | null>
}

export interface FetchingHost {
  /** Something came that was waited for. */
  readonly onFetched: () => void
  readonly onFailure: (error: unknown) => void
  /** As of the gateway; nothing runs once it is closed. */
  readonly later: (ms: number, run: () => void) => void
  readonly isClosed: () => boolean
}

/** At one time; others wait until one of these has ended or took too long. */
export const FETCHES_MAX = 8
/** Whoever takes longer gives its place to the next; what comes after that is kept all the same. */
const FETCH_MS = 30_000

export function createFetching(
  exchange: Pick<GatewayExchange, 'documentOf' | 'documentHere' | 'answerOf' | 'answerHere'>,
  { onFetched, onFailure, later, isClosed }: FetchingHost,
): Fetching {
  const underWay = new Set<string>()
  /** Whoever has waited longest is next: what nobody has gets its turn again after all the others. */
  const waiting = new Map<string, () => Promise<Bytes | null>>()
  let placesTaken = 0

  function fetch(name: string, ask: () => Promise<Bytes | null>): void {
    if (underWay.has(name) || waiting.has(name)) return
    waiting.set(name, ask)
    fill()
  }

  function fill(): void {
    for (const [name, ask] of waiting) {
      if (placesTaken >= FETCHES_MAX || isClosed()) return
      waiting.delete(name)
      begin(name, ask)
    }
  }

  function begin(name: string, ask: () => Promise<Bytes | null>): void {
    underWay.add(name)
    placesTaken++
    let isPlaceMine = true
    const giveBack = (): void => {
      if (!isPlaceMine) return
      isPlaceMine = false
      placesTaken--
      fill()
    }
    later(FETCH_MS, giveBack)
    ask()
      .then((found) => {
        if (found !== null) onFetched()
      }, onFailure)
      .finally(() => {
        underWay.delete(name)
        giveBack()
      })
  }

  return {
    async documentOf(commitment) {
      const here = await exchange.documentHere(commitment)
      if (here === null) fetch(`document ${toHex(commitment)}`, () => exchange.documentOf(commitment))
      return here
    },
    async answerOf(studyHash) {
      const here = await exchange.answerHere(studyHash)
      if (here === null) fetch(`answer ${toHex(studyHash)}`, () => exchange.answerOf(studyHash))
      return here
    },
  }
}
