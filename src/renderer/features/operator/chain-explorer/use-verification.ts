/** The verification of the whole chain as a job: it goes on while its room is closed. */
import { create } from 'zustand'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'

interface Verification {
  readonly jobId: string | null
  start(): Promise<void>
  forget(): void
}

export const useVerification = create<Verification>()((set) => ({
  jobId: null,
  async start() {
    const { jobId } = await node.chain.startVerify()
    set({ jobId })
    await followJob()
  },
  forget: () => set({ jobId: null }),
}))

session.subscribe(() => {
  if (session.now()?.state === 'none') useVerification.setState({ jobId: null })
})
