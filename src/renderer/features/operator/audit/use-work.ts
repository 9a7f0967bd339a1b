/** Verification and export as jobs: they go on while the room is closed. */
import { create } from 'zustand'
import type { AuditFilter } from '../../../../shared/contract/audit.ts'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'

interface Work {
  readonly verifying: string | null
  readonly exporting: string | null
  verify(): Promise<void>
  save(filter: AuditFilter): Promise<void>
  forget(): void
}

export const useWork = create<Work>()((set) => ({
  verifying: null,
  exporting: null,
  async verify() {
    const { jobId } = await node.audit.startVerify()
    set({ verifying: jobId })
    await followJob()
  },
  async save(filter) {
    const started = await node.audit.startExport({ filter, path: null })
    if (started.kind === 'cancelled') return
    set({ exporting: started.jobId })
    await followJob()
  },
  forget: () => set({ verifying: null, exporting: null }),
}))

session.subscribe(() => {
  if (session.now()?.state === 'none') useWork.getState().forget()
})
