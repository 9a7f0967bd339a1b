/** The hospital's own templates in the window: asked for when the room opens, kept while the session lasts. */
import { create } from 'zustand'
import type { ShownTemplate } from '../../../../shared/contract/templates.ts'
import { node } from '../../../lib/node.ts'
import { understood } from './own-templates.ts'
import { setOwnTemplates, type VisitTemplate } from './templates.ts'

interface Templates {
  readonly own: readonly VisitTemplate[]
  /** Of people who have left, for administrators to remove. */
  readonly left: readonly VisitTemplate[]
  load(): Promise<void>
  /** What the node answered after a change. */
  show(stored: readonly ShownTemplate[]): void
  forget(): void
}

export const useTemplates = create<Templates>()((set, get) => ({
  own: [],
  left: [],
  load: async () => get().show(await node.templates.list()),
  show(stored) {
    const own = stored.filter((each) => each.isLeft !== true).map(understood)
    const left = stored.filter((each) => each.isLeft === true).map(understood)
    // Before anything is drawn: what reads templates by their id reads these.
    setOwnTemplates(own)
    set({ own, left })
  },
  forget: () => get().show([]),
}))
