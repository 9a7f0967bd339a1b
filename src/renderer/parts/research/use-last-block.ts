/** The last block of this hospital's records that can be asked; while more of them are made ready, the one before. Null before the first. */
import { useEffect, useState } from 'react'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'

export function useLastBlock(): number | null {
  const { value } = useAsk(() => node.cohorts.state(), [], ['cohorts.stateChanged'])
  const [last, setLast] = useState<number | null>(null)
  const now = value?.kind === 'ready' ? value.blockCount - 1 : null
  useEffect(() => {
    if (now !== null) setLast(now)
  }, [now])
  return now ?? last
}
