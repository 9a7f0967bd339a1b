/** The room's words for what is watched: what is said of groups is said of plans in words of their own. Pure. */
import type { WatchLevel } from '../../../../shared/domain/group-alert.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'
import { nameOf } from './figures.ts'

export function wordsFor<Words extends Pick<AllWords, 'groups'>>(words: Words, watched: WatchLevel): Words {
  return watched === 'plan' ? { ...words, groups: { ...words.groups, ...words.groups.ofPlans } } : words
}

/** Where groups and plans stand in one list, a plan says that it is one. */
export function calledOf(
  { watched, label }: { readonly watched: WatchLevel; readonly label: string },
  words: Pick<AllWords, 'groups'>,
): string {
  const name = nameOf(label, wordsFor(words, watched).groups)
  return watched === 'plan' ? words.groups.planCalled(name) : name
}
