/** Which edition of a list is in use on a day, from the journal of what was put in use. Pure. */
import type { CodeListName } from '../../shared/contract/codes.ts'

interface Use {
  readonly list: CodeListName
  readonly hash: string | null
  /** Civil date at the facility. */
  readonly from: string
}

/** The one with the latest beginning that has come; of the same day the one that was said last. Null: the built-in list. */
export function useOn<U extends Use>(uses: readonly U[], list: CodeListName, day: string): U | null {
  let current: U | null = null
  for (const each of uses)
    if (each.list === list && each.from <= day && (current === null || each.from >= current.from))
      current = each
  return current
}

/** The first change that is still to come. */
export function nextUse<U extends Use>(uses: readonly U[], list: CodeListName, day: string): U | null {
  let next: U | null = null
  for (const each of uses)
    if (each.list === list && each.from > day && (next === null || each.from <= next.from)) next = each
  return next
}
