/**
 * Groups that are too small to be looked at become "other", by the insurer's own exposure alone, so that no claim decides who is shown;
 * and "other" itself is never one small group (docs/spec/pricing.md M3).
 */
import { checkNumber } from '../failure.ts'
import { AXES, type CellKey, type ExposureRow, type GatedTable, nameOf } from './cells.ts'

export const OTHER = 'other'
/** Lives below which a group is not shown (statistics.md 6.3). */
export const GROUP_LIVES_LEAST = 50

export interface GroupMerge {
  /** Shown under their own name, in order of names. */
  readonly shown: readonly string[]
  readonly merged: readonly string[]
  /** Average lives over the months in which a group has any. */
  readonly lives: ReadonlyMap<string, number>
  /** All groups together are below the least: nothing is shown. */
  readonly isAllHidden: boolean
}

/** Merges the smallest first; where what is merged stays too small, the next smallest joins it. */
export function mergeGroups(exposure: readonly ExposureRow[], least = GROUP_LIVES_LEAST): GroupMerge {
  const sums = new Map<string, { months: Map<string, number> }>()
  exposure.forEach(({ key, memberMonths }, row) => {
    checkNumber('member months', row, memberMonths, 0)
    const group = sums.get(key.group) ?? { months: new Map<string, number>() }
    sums.set(key.group, group)
    group.months.set(key.month, (group.months.get(key.month) ?? 0) + memberMonths)
  })
  const lives = new Map<string, number>()
  for (const [name, { months }] of sums) {
    const used = [...months.values()].filter((value) => value > 0)
    lives.set(name, used.length === 0 ? 0 : used.reduce((sum, value) => sum + value, 0) / used.length)
  }
  const ordered = [...lives].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
  let merged = 0
  let mergedLives = 0
  for (const [, count] of ordered) {
    const isSmall = count < least
    if (!isSmall && (merged === 0 || mergedLives >= least)) break
    merged++
    mergedLives += count
  }
  const isAllHidden = merged === ordered.length && mergedLives < least
  return {
    shown: ordered
      .slice(merged)
      .map(([name]) => name)
      .sort(),
    merged: ordered
      .slice(0, merged)
      .map(([name]) => name)
      .sort(),
    lives,
    isAllHidden,
  }
}

/** The insurer's file with merged groups under one name. */
export function mergedExposure(exposure: readonly ExposureRow[], merge: GroupMerge): ExposureRow[] {
  const isMerged = new Set(merge.merged)
  const rows = new Map<string, { key: ExposureRow['key']; memberMonths: number; premiumMinor: number }>()
  for (const { key, memberMonths, premiumMinor } of exposure) {
    const renamed = isMerged.has(key.group) ? { ...key, group: OTHER } : key
    const name = nameOf(renamed, AXES)
    const known = rows.get(name)
    if (known === undefined) rows.set(name, { key: renamed, memberMonths, premiumMinor })
    else {
      known.memberMonths += memberMonths
      known.premiumMinor += premiumMinor
    }
  }
  return [...rows.values()]
}

/**
 * A gated table with merged groups added up: only where all cells of a merge were shown, else the sum would be a part that looks
 * like the whole. A sum carries the noise of its parts.
 */
export function mergedTable(table: GatedTable, merge: GroupMerge): GatedTable {
  if (!table.axes.includes('group')) return table
  const isMerged = new Set(merge.merged)
  const cells = new Map<string, { key: CellKey; value: number | null; parts: number }>()
  for (const { key, value, parts = 1 } of table.cells) {
    const renamed = key.group !== undefined && isMerged.has(key.group) ? { ...key, group: OTHER } : key
    const name = nameOf(renamed, table.axes)
    const known = cells.get(name)
    if (known === undefined) cells.set(name, { key: renamed, value, parts })
    else {
      known.value = known.value === null || value === null ? null : known.value + value
      known.parts += parts
    }
  }
  return { ...table, cells: [...cells.values()] }
}
