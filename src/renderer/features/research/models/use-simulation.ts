/** The store of the simulated comparison: its design and job stay while the room is closed. */
import { create } from 'zustand'
import { USUAL_PAPER_DESIGN, type PaperDesign } from '../../../../shared/domain/paper-design.ts'
import { node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'

interface SimulationState {
  readonly design: PaperDesign
  readonly jobId: string | null
  change(design: PaperDesign): void
  start(): Promise<void>
  back(): void
}

const nothing = { design: USUAL_PAPER_DESIGN, jobId: null }

export const useSimulation = create<SimulationState>()((set, get) => ({
  ...nothing,
  change: (design) => set({ design }),
  async start() {
    const { jobId } = await node.models.startSimulation(get().design)
    set({ jobId })
    await followJob()
  },
  back: () => set({ jobId: null }),
}))

ofOnePerson(() => useSimulation.setState(nothing))
