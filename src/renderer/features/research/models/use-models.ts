/** The store of the model room: what was chosen stays while the room is closed, and a fit goes on. */
import { create } from 'zustand'
import type { TableDescription } from '../../../../shared/contract/models.ts'
import { NodeFailure, node } from '../../../lib/node.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import { followJob } from '../../../parts/jobs.ts'
import type { Detail } from '../../../words/models.ts'
import { type ModelRecord, modelToFit, NEW_MODEL } from './model-form.ts'

/** Why there is no table or no fit. */
export type Refusal =
  | { readonly kind: 'engine'; readonly code: string; readonly detail: Detail }
  | { readonly kind: 'options'; readonly options: readonly string[] }

interface ModelsState {
  readonly path: string | null
  readonly table: TableDescription | null
  readonly isReading: boolean
  readonly model: ModelRecord
  /** Where the model was taken from. */
  readonly modelFile: { readonly name: string; readonly isModel: boolean } | null
  readonly jobId: string | null
  readonly refusal: Refusal | null
  chooseTable(): Promise<void>
  chooseModel(): Promise<void>
  change(model: ModelRecord): void
  fit(): Promise<void>
  back(): void
}

const nothing = {
  path: null,
  table: null,
  isReading: false,
  model: NEW_MODEL,
  modelFile: null,
  jobId: null,
  refusal: null,
}

export const refusalOf = (code: string, detail: unknown): Refusal => ({
  kind: 'engine',
  code,
  detail: typeof detail === 'object' && detail !== null ? (detail as Detail) : {},
})

export const useModels = create<ModelsState>()((set, get) => ({
  ...nothing,
  async chooseTable() {
    const path = await node.models.chooseTable()
    if (path === null) return
    set({ path, table: null, isReading: true, refusal: null, jobId: null })
    try {
      const table = await node.models.describe({ path })
      if (get().path === path) set({ table })
    } catch (error) {
      if (!(error instanceof NodeFailure)) throw error
      set({ path: null, refusal: refusalOf(error.code, error.detail) })
    } finally {
      set({ isReading: false })
    }
  },
  async chooseModel() {
    const file = await node.models.chooseModel()
    if (file === null) return
    if (file.kind === 'not-a-model') {
      set({ modelFile: { name: file.name, isModel: false } })
      return
    }
    const model = JSON.parse(file.text) as ModelRecord
    set({ model, modelFile: { name: file.name, isModel: true }, refusal: null })
  },
  change: (model) => set({ model, refusal: null }),
  async fit() {
    const { path, model } = get()
    if (path === null) return
    const answer = await node.models.start({ path, model: modelToFit(model) })
    if (answer.kind === 'refused') {
      set({ refusal: { kind: 'options', options: answer.options } })
      return
    }
    set({ jobId: answer.jobId, refusal: null })
    await followJob()
  },
  back: () => set({ jobId: null, refusal: null }),
}))

ofOnePerson(() => useModels.setState(nothing))
