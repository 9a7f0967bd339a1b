/** What a study that runs now is asked of, and whose results it has; null while the records are made ready. */
import { useMemo } from 'react'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import type { Here } from './standing.ts'

export function useHere(): Here | null {
  const { value } = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  const isReady = value?.kind === 'ready'
  const { chain, engine, blockCount } = isReady ? value : { chain: '', engine: '', blockCount: 0 }
  // The state is said anew with each look, and mostly the same.
  return useMemo(
    () => (isReady ? { chain, engine, lastBlock: blockCount - 1 } : null),
    [isReady, chain, engine, blockCount],
  )
}
