/** Fitted models that a person keeps to hold them against each other. They stay while the question changes. */
import { create } from 'zustand'
import { ofOnePerson } from '../../../lib/session.ts'
import type { KeptModel } from './model-comparison.ts'

/** More columns than that nobody reads side by side, nor prints on a page. */
export const KEPT_MOST = 8

interface KeptModels {
  readonly kept: readonly KeptModel[]
  keep(model: KeptModel): void
  remove(id: string): void
  clear(): void
}

export const useKeptModels = create<KeptModels>()((set, get) => ({
  kept: [],
  keep(model) {
    const { kept } = get()
    if (kept.length >= KEPT_MOST || kept.some(({ id }) => id === model.id)) return
    set({ kept: [...kept, model] })
  },
  remove: (id) => set({ kept: get().kept.filter((each) => each.id !== id) }),
  clear: () => set({ kept: [] }),
}))

ofOnePerson(() => useKeptModels.getState().clear())
