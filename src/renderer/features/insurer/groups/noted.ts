/** When an alert was first shown and when somebody looked into it, also where several that were noted have become one. Pure. */
import type { KeptAlert } from '../../../../shared/contract/monitor.ts'
import { isSameAlert, type GroupAlert } from '../../../../shared/domain/group-alert.ts'
import { formatMinute } from '../../../lib/format.ts'
import type { Words as AllWords } from '../../../words/catalogue.ts'

export interface NotedTogether {
  readonly notedAt: number
  /** Null where one of them waits still, or nobody ever said so. */
  readonly lookedAt: number | null
}

/** Null: it was not noted. @param noted newest first */
export function notedTogether(noted: readonly KeptAlert[], alert: GroupAlert): NotedTogether | null {
  const same = noted.filter((each) => isSameAlert(each, alert))
  const first = same.at(-1)
  if (first === undefined) return null
  const looked = same.map(({ lookedAt }) => lookedAt)
  // What was kept before that was said has a 0.
  const newest = looked.includes(null) ? 0 : Math.max(...looked.map(Number))
  return { notedAt: first.notedAt, lookedAt: newest > 0 ? newest : null }
}

export function notedSaid({ notedAt, lookedAt }: NotedTogether, words: Pick<AllWords, 'groups'>): string {
  const t = words.groups.alert
  const shown = t.noted(formatMinute(notedAt))
  return lookedAt === null ? shown : `${shown} ${t.looked(formatMinute(lookedAt))}`
}
