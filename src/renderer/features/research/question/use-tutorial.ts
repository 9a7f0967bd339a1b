/** Whether the tutorial is open; what it looks at is the study under work and what was found of it. */
import { create } from 'zustand'
import {
  builtInStudy,
  type BuiltInStudy,
  type StudyTitles,
} from '../../../../shared/domain/built-in-studies.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import { ofOnePerson } from '../../../lib/session.ts'
import type { Words } from '../../../words/catalogue.ts'

interface Tutorial {
  readonly isOpen: boolean
  setOpen(isOpen: boolean): void
}

export const useTutorial = create<Tutorial>()((set) => ({
  isOpen: false,
  setOpen: (isOpen) => set({ isOpen }),
}))

ofOnePerson(() => useTutorial.getState().setOpen(false))

/** Titles of a built-in study in the window's language. */
export function titlesOf(which: BuiltInStudy, { tutorial }: Pick<Words, 'tutorial'>): StudyTitles {
  const { diabetes, cardiovascular, studies } = tutorial
  return { ...studies[which], diabetes, cardiovascular }
}

/** A copy that is one's own from then on. */
export const ownCopy = (which: BuiltInStudy, words: Pick<Words, 'tutorial'>): StudyDocument =>
  builtInStudy(which, titlesOf(which, words))
