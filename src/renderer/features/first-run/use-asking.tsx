/** Asking the node for something that may be refused or fail: busy, and why not. */
import { useState } from 'react'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { RefusalNote, type Refusal } from '../../parts/RefusalNote.tsx'
import { Callout } from '../../ui/Callout.tsx'

export interface Asking {
  readonly isBusy: boolean
  readonly refusal: Refusal | undefined
  /** Said in words, e.g. why a file was not taken. */
  readonly problem: string | undefined
  refuse(refusal: Refusal): void
  say(problem: string): void
  /** Forgets what was wrong before, and tells what fails. */
  run(work: () => Promise<void>): Promise<void>
}

export function useAsking(): Asking {
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const [problem, setProblem] = useState<string>()
  return {
    isBusy,
    refusal,
    problem,
    refuse: setRefusal,
    say: setProblem,
    async run(work) {
      setBusy(true)
      setRefusal(undefined)
      setProblem(undefined)
      try {
        await work()
      } catch (error) {
        tellFailure(error)
      } finally {
        setBusy(false)
      }
    },
  }
}

export function WhyNot({ asking: { refusal, problem } }: { readonly asking: Asking }) {
  return (
    <>
      <RefusalNote refusal={refusal} />
      {problem && (
        <Callout tone="bad" isLive>
          {problem}
        </Callout>
      )}
    </>
  )
}
