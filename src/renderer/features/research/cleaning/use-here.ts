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
  count(): void
}

/** By question. */
const counted = new Map<string, readonly LabelledTable[]>()
ofOnePerson(() => counted.clear())

const NOTHING = { of: '', isCounting: false, failure: null as string | null }

/** @param isAtOnce counts without being asked: where nobody's records are looked at */
export function useHere(question: Asked | null, isAtOnce: boolean): Here {
  const key = question === null ? '' : question.requestHash
  const [state, setState] = useState(NOTHING)
  const tables = counted.get(key) ?? null
  const now = state.of === key ? state : { ...NOTHING, of: key }
  const count = (): void => {
    if (question === null || now.isCounting) return
    setState({ of: key, isCounting: true, failure: null })
    countHere(question).then(
      (found) => {
        if (found !== null) counted.set(key, found)
        setState({ of: key, isCounting: false, failure: found === null ? 'unexpected' : null })
      },
      (error: unknown) => setState({ of: key, isCounting: false, failure: failureCode(error) }),
    )
  }
  const isDue = question !== null && isAtOnce && tables === null && now.failure === null && !now.isCounting
  useEffect(() => {
    if (isDue) count()
  }, [isDue, key])
  return { tables, failure: now.failure, isCounting: now.isCounting, count }
}

async function countHere({ cohort, cleaning, output }: Asked): Promise<readonly LabelledTable[] | null> {
  if (output.kind !== 'cleaning-profile') return null
  const { kind: _, ...profile } = output
  const begun = await node.cleaning.start({
    cohort,
    pipeline: cleaning ?? { schema: 'cleaning/1', title: '-', steps: [] },
    profile,
  })
  if (begun.kind === 'refused') return null
  const job = await jobEnded(begun.jobId)
  return job.state === 'done' ? ((await node.cleaning.answer({ jobId: begun.jobId }))?.people ?? null) : null
}
