/** Doing one of the things that end in an open session: busy, refused with a reason, or in. */
import { useState } from 'react'
import type { Session } from '../../../shared/contract/app.ts'
import { session } from '../../lib/session.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import type { Refusal } from '../../parts/RefusalNote.tsx'

type Answer = { kind: 'opened'; session: Session } | ({ kind: 'refused' } & Refusal)

export interface Opening {
  readonly isBusy: boolean
  readonly refusal: Refusal | undefined
  forget(): void
  /** Answers whether it opened. `onOpened` may hold the session back, e.g. to show the recovery kit first. */
  run(ask: () => Promise<Answer>, onOpened?: (opened: Session) => void): Promise<boolean>
}

export function useOpening(): Opening {
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal | undefined>()
  return {
    isBusy,
    refusal,
    forget: () => setRefusal(undefined),
    async run(ask, onOpened = session.set) {
      setBusy(true)
      setRefusal(undefined)
      try {
        const answer = await ask()
        if (answer.kind === 'opened') onOpened(answer.session)
        else setRefusal(answer)
        return answer.kind === 'opened'
      } catch (error) {
        tellFailure(error)
        return false
      } finally {
        setBusy(false)
      }
    },
  }
}
