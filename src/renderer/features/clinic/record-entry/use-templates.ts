/** The hospital's own templates in the window: asked for when the room opens, kept while the session lasts. */
import { create } from 'zustand'
import type { StoredTemplate } from '../../../../shared/contract/templates.ts'
import { node } from '../../../lib/node.ts'
import { understood } from './own-templates.ts'
import { setOwnTemplates, type VisitTemplate } from './templates.ts'

interface Templates {
  readonly own: readonly VisitTemplate[]
  load(): Promise<void>
  /** What the node answered after a change. */
  show(stored: readonly StoredTemplate[]): void
  forget(): void
}

export const useTemplates = create<Templates>()((set, get) => ({
  own: [],
  load: async () => get().show(await node.templates.list()),
  show(stored) {
    const own = stored.map(understood)
    // Before anything is drawn: what reads templates by their id reads these.
    setOwnTemplates(own)
    set({ own })
  },
  forget: () => get().show([]),
}))
