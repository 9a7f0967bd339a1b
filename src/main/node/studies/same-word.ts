/** When two words of one gateway are one, and when the second may follow the first. Pure. */
import { equalBytes } from '../../../shared/std/bytes.ts'
import type { Word } from '../chain/study-items.ts'
import type { Found } from './study-exchange.ts'

export function isSameWord(a: Omit<Word, 'studyHash'>, b: Omit<Word, 'studyHash'>): boolean {
  return a.outcome === b.outcome && equalBytes(a.resultHash, b.resultHash)
}

/** Both after the last erasure: what another engine finds is another word. */
export function mayFollow(before: Pick<Found, 'engine'>, next: Pick<Found, 'engine'>): boolean {
  return next.engine !== before.engine
}

/** How often another gateway may say anew what it says of a study, because it runs another engine, while this node is up. */
export const ENGINES_MAX = 8
