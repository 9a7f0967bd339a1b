/** Whether the tutorial is open; what it looks at is the study under work and what was found of it. */
import { create } from 'zustand'
import { ofOnePerson } from '../../../lib/session.ts'

interface Tutorial {
  readonly isOpen: boolean
  setOpen(isOpen: boolean): void
}

export const useTutorial = create<Tutorial>()((set) => ({
  isOpen: false,
  setOpen: (isOpen) => set({ isOpen }),
}))

ofOnePerson(() => useTutorial.getState().setOpen(false))
