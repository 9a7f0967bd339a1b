/** The store of the work list: looking through the visits and giving codes go on while the room is closed. */
import { create } from 'zustand'
import type { CodeTarget } from '../../../../shared/contract/codes.ts'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'

interface CodingState {
  readonly lookJobId: string | null
  readonly codingJobId: string | null
  look(): Promise<void>
  code(
    choices: readonly { key: string; target: CodeTarget }[],
    how: { teaches: boolean; amends: boolean },
  ): Promise<void>
  forgetReport(): void
}

const nothing = { lookJobId: null, codingJobId: null }

export const useCoding = create<CodingState>()((set) => ({
  ...nothing,
  async look() {
    const { jobId } = await node.codes.startWorkList()
    set({ lookJobId: jobId })
    await followJob()
  },
  async code(choices, how) {
    const { jobId } = await node.codes.startCoding({ choices: [...choices], ...how })
    set({ codingJobId: jobId })
    await followJob()
  },
  forgetReport: () => set({ codingJobId: null }),
}))

// What was looked through belongs to the session of whoever looked.
session.subscribe(() => {
  if (session.now()?.state !== 'open') useCoding.setState(nothing)
})
