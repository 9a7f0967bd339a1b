/** The store of the import room: an import goes on while its room is closed, and is found again. */
import { create } from 'zustand'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'

interface ImportState {
  readonly chosen: readonly string[]
  readonly jobId: string | null
  readonly exportJobId: string | null
  choose(paths: readonly string[]): void
  clear(): void
  start(): Promise<void>
  startExport(format: 'fhir' | 'ndjson', folder: string): Promise<void>
}

const nothing = { chosen: [], jobId: null, exportJobId: null }

export const useImport = create<ImportState>()((set, get) => ({
  ...nothing,
  choose: (paths) => set({ chosen: [...new Set([...get().chosen, ...paths.filter((path) => path !== '')])] }),
  clear: () => set({ chosen: [], jobId: null }),
  async start() {
    const paths = [...get().chosen]
    if (paths.length === 0) return
    const { jobId } = await node.imports.start({ paths })
    set({ jobId, chosen: [] })
    await followJob()
  },
  async startExport(format, folder) {
    const { jobId } = await node.imports.startExport({ format, folder })
    set({ exportJobId: jobId })
    await followJob()
  },
}))

session.subscribe(() => {
  if (session.now()?.state === 'none') useImport.setState(nothing)
})
