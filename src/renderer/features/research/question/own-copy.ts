/** Studies that come with the application, in the window's language. Pure. */
import {
  builtInStudy,
  type BuiltInStudy,
  type StudyTitles,
} from '../../../../shared/domain/built-in-studies.ts'
import type { StudyDocument } from '../../../../shared/domain/study.ts'
import type { Words } from '../../../words/catalogue.ts'

/** Titles of a built-in study in the window's language. */
export function titlesOf(which: BuiltInStudy, { tutorial }: Pick<Words, 'tutorial'>): StudyTitles {
  const { diabetes, cardiovascular, studies } = tutorial
  return { ...studies[which], diabetes, cardiovascular }
}

/** A copy that is one's own from then on. */
export const ownCopy = (which: BuiltInStudy, words: Pick<Words, 'tutorial'>): StudyDocument =>
  builtInStudy(which, titlesOf(which, words))
