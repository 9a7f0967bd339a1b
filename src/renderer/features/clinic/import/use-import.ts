/** The store of the import room: an import goes on while its room is closed, and is found again. */
import { create } from 'zustand'
import type { TableMapping } from '../../../../shared/domain/table-mapping.ts'
import { node } from '../../../lib/node.ts'
import { session } from '../../../lib/session.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { followJob } from '../../../parts/jobs.ts'
import { useWizard } from './use-wizard.ts'

interface ImportState {
  readonly chosen: readonly string[]
  readonly jobId: string | null
  readonly exportJobId: string | null
  /** A trial of what is chosen. */
  readonly trialJobId: string | null
  choose(paths: readonly string[]): void
  clear(): void
  /** Looks first what the paths are: a hospital's own tables go through the wizard. */
  start(): Promise<void>
  /** Says first what would come of it; a hospital's own tables have their trial in the wizard. */
  tryOut(): Promise<void>
  /** Back to what is chosen; a trial that still runs is cancelled. */
  leaveTrial(): void
  /** Takes the paths in. */
  begin(paths: readonly string[], mapping: TableMapping | null): Promise<void>
  startExport(format: 'fhir' | 'ndjson', folder: string): Promise<void>
  /** Somebody else's work, or of a node that started anew: its report is not to be had, and the room begins afresh. */
  forgetGone(jobs: ReadonlyMap<string, unknown>): void
}

const nothing = { chosen: [], jobId: null, exportJobId: null, trialJobId: null }

export const useImport = create<ImportState>()((set, get) => ({
  ...nothing,
  choose: (paths) => set({ chosen: [...new Set([...get().chosen, ...paths.filter((path) => path !== '')])] }),
  clear: () => set({ chosen: [], jobId: null }),
  async start() {
    const paths = await pathsWithoutTables(get, set)
    if (paths !== null) await get().begin(paths, null)
  },
  async tryOut() {
    const paths = await pathsWithoutTables(get, set)
    if (paths === null) return
    const { jobId } = await node.tables.startTrial({ paths, mapping: null })
    await followed(() => set({ trialJobId: jobId }))
  },
  leaveTrial() {
    const { trialJobId } = get()
    set({ trialJobId: null })
    if (trialJobId !== null) node.jobs.cancel({ jobId: trialJobId }).catch(tellFailure)
  },
  async begin(paths, mapping) {
    const { jobId } = await node.imports.start({ paths: [...paths], mapping })
    await followed(() => set({ jobId, chosen: [], trialJobId: null }))
  },
  async startExport(format, folder) {
    const { jobId } = await node.imports.startExport({ format, folder })
    await followed(() => set({ exportJobId: jobId }))
  },
  forgetGone(jobs) {
    const isGone = (jobId: string | null): boolean => jobId !== null && !jobs.has(jobId)
    const { jobId, exportJobId, trialJobId } = get()
    if (isGone(jobId)) set({ jobId: null })
    if (isGone(exportJobId)) set({ exportJobId: null })
    if (isGone(trialJobId)) set({ trialJobId: null })
  },
}))

/** Named only when it is listed: what is named and not listed is taken for gone. */
const followed = (name: () => void): Promise<void> => followJob().finally(name)

/** What is chosen; null where nothing is, or where the wizard goes on with tables among it. */
async function pathsWithoutTables(
  get: () => ImportState,
  set: (part: Partial<ImportState>) => void,
): Promise<string[] | null> {
  const paths = [...get().chosen]
  if (paths.length === 0) return null
  const { tables, mapping } = await node.tables.recognise({ paths })
  if (tables.length === 0) return paths
  await useWizard.getState().open(paths, tables, mapping)
  set({ chosen: [] })
  return null
}

session.subscribe(() => {
  if (session.now()?.state === 'none') useImport.setState(nothing)
})
