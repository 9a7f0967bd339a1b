/** The same people's tables, counted on the records that are here: the twin's, or a hospital's own. Kept while the window is open. */
import { useEffect, useState } from 'react'
import type { LabelledTable } from '../../../../shared/contract/answers.ts'
import type { RequestQuestion } from '../../../../shared/contract/requests.ts'
import { failureCode, node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { jobEnded } from '../../../parts/jobs.ts'

type Asked = RequestQuestion & { lane: 'noise' }

export interface Here {
  readonly tables: readonly LabelledTable[] | null
  readonly failure: string | null
  readonly isCounting: boolean
  /** Of what counts, once it has begun. */
  readonly jobId: string | null
  /** By a person: it does not begin again by itself. */
  readonly isStopped: boolean
  count(): void
}

/** By question. */
const counted = new Map<string, readonly LabelledTable[]>()
ofOnePerson(() => counted.clear())

interface State {
  readonly isCounting: boolean
  readonly jobId: string | null
  readonly isStopped: boolean
  readonly failure: string | null
}

const NOTHING: State = { isCounting: false, jobId: null, isStopped: false, failure: null }

/** @param isAtOnce counts without being asked: where nobody's records are looked at */
export function useHere(question: Asked | null, isAtOnce: boolean): Here {
  const key = question === null ? '' : question.requestHash
  // By question too: one may end while another is looked at.
  const [states, setStates] = useState<Readonly<Record<string, State>>>({})
  const tables = counted.get(key) ?? null
  const now = states[key] ?? NOTHING
  const count = (): void => {
    if (question === null || now.isCounting) return
    const set = (change: Partial<State>): void =>
      setStates((all) => ({ ...all, [key]: { ...NOTHING, ...change } }))
    set({ isCounting: true })
    countHere(question, (jobId) => set({ isCounting: true, jobId })).then(
      (found) => {
        if (found.kind === 'counted') counted.set(key, found.tables)
        set({ isStopped: found.kind === 'stopped', failure: found.kind === 'failed' ? found.code : null })
      },
      (error: unknown) => set({ failure: failureCode(error) }),
    )
  }
  const { failure, isCounting, jobId, isStopped } = now
  const isDue =
    question !== null && isAtOnce && tables === null && failure === null && !isCounting && !isStopped
  useEffect(() => {
    if (isDue) count()
  }, [isDue, key])
  return { tables, failure, isCounting, jobId, isStopped, count }
}

type Counted =
  | { readonly kind: 'counted'; readonly tables: readonly LabelledTable[] }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly code: string }
const failed = (code = 'unexpected'): Counted => ({ kind: 'failed', code })

async function countHere(
  { cohort, cleaning, output }: Asked,
  onStart: (jobId: string) => void,
): Promise<Counted> {
  if (output.kind !== 'cleaning-profile') return failed()
  const { kind: _, ...profile } = output
  const begun = await node.cleaning.start({
    cohort,
    pipeline: cleaning ?? { schema: 'cleaning/1', title: '-', steps: [] },
    profile,
  })
  if (begun.kind === 'refused') return failed()
  onStart(begun.jobId)
  const job = await jobEnded(begun.jobId)
  if (job.state === 'cancelled') return { kind: 'stopped' }
  if (job.state !== 'done') return failed(job.error?.code)
  const tables = (await node.cleaning.answer({ jobId: begun.jobId }))?.people
  return tables === undefined || tables === null ? failed() : { kind: 'counted', tables }
}
