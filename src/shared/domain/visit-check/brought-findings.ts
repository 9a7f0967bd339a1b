/** What a new version of a visit brings with it. Pure. */
import type { Finding } from '../../contract/records.ts'

/**
 * The findings of the new version without those that the version before had already: an import that no form would take
 * may still be corrected, and what was wrong before is neither made better nor worse by that. A finding is the same one
 * when it says the same of the same field of any row of its list, as often as it did before: rows may have moved.
 */
export function broughtFindings(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const known = new Map<string, number>()
  for (const finding of before) {
    const saying = sayingOf(finding)
    known.set(saying, (known.get(saying) ?? 0) + 1)
  }
  return after.filter((finding) => {
    const saying = sayingOf(finding)
    const left = known.get(saying) ?? 0
    if (left > 0) known.set(saying, left - 1)
    return left === 0
  })
}

const sayingOf = ({ path, rule, params }: Finding): string =>
  JSON.stringify([
    path.replace(/\.[0-9]+(?=\.|$)/g, '.*'),
    rule,
    Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)),
  ])
