/** The store of the import room: an import goes on while its room is closed, and is found again. */
import { create } from 'zustand'
import type { TableMapping } from '../../../../shared/domain/table-mapping.ts'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'
import { useWizard } from './use-wizard.ts'

interface ImportState {
  readonly chosen: readonly string[]
  readonly jobId: string | null
  readonly exportJobId: string | null
  choose(paths: readonly string[]): void
  clear(): void
  /** Looks first what the paths are: a hospital's own tables go through the wizard. */
  start(): Promise<void>
  /** Takes the paths in. */
  begin(paths: readonly string[], mapping: TableMapping | null): Promise<void>
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
    const { tables, mapping } = await node.tables.recognise({ paths })
    if (tables.length > 0) {
      await useWizard.getState().open(paths, tables, mapping)
      set({ chosen: [] })
    } else await get().begin(paths, null)
  },
  async begin(paths, mapping) {
    const { jobId } = await node.imports.start({ paths: [...paths], mapping })
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
