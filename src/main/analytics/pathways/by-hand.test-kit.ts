/** Pathways counted another way: day by day, person by person, with plain loops over plain lists, and nothing of the code under test. */
import type { PathwaysDefinition } from '../../../shared/domain/pathways.ts'
import type { IndexedPerson } from '../intervals/build-intervals.ts'
import { daysOfEvent, resultsOfTest } from '../persons/event-days.ts'
import { birthOf, deathOf } from '../persons/person-says.ts'

/** `A`, `B` and so on for classes, `A+B` on one day, then `none` or `death`; with the day since the index day of each. */
export interface WayByHand {
  readonly names: string[]
  readonly days: number[]
}

export interface ByHand {
  readonly ways: WayByHand[]
  readonly waits: { readonly days: number; readonly had: boolean }[]
  readonly waitCounts: Record<'without' | 'died' | 'unseen' | 'atEnd', number>
  /** By bin, of each person the last value. */
  readonly values: number[][]
}

const MS_PER_DAY = 86_400_000
const civil = (day: number): [number, number, number] => {
  const date = new Date(day * MS_PER_DAY)
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
}

export function pathwaysByHand(
  definition: PathwaysDefinition,
  persons: readonly IndexedPerson[],
  lastDay: number,
): ByHand {
  const { classes, codeSets, sequence, watch, wait, trajectory } = definition
  const asked = watch.until === null ? lastDay : Math.floor(Date.parse(watch.until) / MS_PER_DAY)
  const until = Math.min(lastDay, asked)
  const ways: WayByHand[] = []
  const waits: ByHand['waits'] = []
  const waitCounts = { without: 0, died: 0, unseen: 0, atEnd: 0 }
  const values: number[][] = []
  for (const { facts, index } of persons) {
    const death = deathOf(facts)
    // Walk until something ends the time.
    let last = index
    let isDeath = death !== null && death <= index
    let seen = index
    const visits = new Set(facts.visit.map(({ day }) => day))
    for (let day = index + 1; day <= until && !isDeath; day++) {
      if (watch.atMostDays !== null && day > index + watch.atMostDays) break
      if (watch.left !== null) {
        // Absent for longer than allowed: was there until so many days after the last visit.
        const next = [...visits]
          .filter((v) => v !== null && v > seen && v <= until)
          .sort((a, b) => a! - b!)[0]
        const gap = (next ?? until) - seen
        if (
          gap > watch.left.withoutVisitDays &&
          day > seen + Math.max(watch.left.withoutVisitDays, watch.left.countedDays)
        )
          break
        if (visits.has(day) && gap <= watch.left.withoutVisitDays) seen = day
      }
      last = day
      if (day === death) isDeath = true
    }
    const occurrences = classes.map(({ event }) => daysOfEvent(event, codeSets)(facts))
    const names: string[] = []
    const days: number[] = []
    const taken = classes.map(() => 0)
    const before = classes.map((): number | null => null)
    for (let day = index; day <= last && names.length < sequence.stepsMost; day++) {
      const here: string[] = []
      for (const [c, all] of occurrences.entries()) {
        if (!all.includes(day)) continue
        const gap = before[c] === null ? null : day - before[c]!
        before[c] = day
        if (gap !== null && gap <= sequence.collapseDays) continue
        if (sequence.which === 'first' && (taken[c] ?? 0) > 0) continue
        taken[c]!++
        here.push(String.fromCharCode(65 + c))
      }
      if (here.length === 0) continue
      names.push(here.join('+'))
      days.push(day - index)
    }
    if (names.length < sequence.stepsMost) {
      names.push(isDeath ? 'death' : 'none')
      days.push(last - index)
    }
    ways.push({ names, days })

    if (wait !== null) {
      let start: number | null = wait.from === null ? index : null
      let end: number | null = null
      for (let day = index; day <= last; day++) {
        if (start !== null && day > start && end === null && occurrences[wait.to]!.includes(day)) end = day
        if (start === null && occurrences[wait.from!]!.includes(day)) start = day
      }
      if (start === null) waitCounts.without++
      else if (end !== null) waits.push({ days: end - start, had: true })
      else if (start === last) waitCounts.atEnd++
      else {
        waitCounts[isDeath ? 'died' : 'unseen']++
        waits.push({ days: last - start, had: false })
      }
    }

    if (trajectory !== null) {
      const { clock } = trajectory
      const results = resultsOfTest(trajectory.test)(facts)
      const birth = birthOf(facts)
      const mine: Record<number, number> = {}
      for (const { day, value } of results) {
        let bin: number | null = null
        const scaled = (at: number, from: number, to: number) =>
          at >= from && at <= to ? Math.floor((at - from) / clock.each) : null
        if (clock.kind === 'index') bin = scaled(day - index, clock.from, clock.to)
        else if (clock.kind === 'calendar') {
          const [year, month] = civil(day)
          bin = scaled(year * 12 + month, clock.from * 12 + 1, clock.to * 12 + 12)
        } else if (birth !== null && day >= birth) {
          const [a, b] = [civil(birth), civil(day)]
          let age = b[0] - a[0]
          if (b[1] < a[1] || (b[1] === a[1] && b[2] < a[2])) age--
          bin = scaled(age, clock.from, clock.to)
        }
        if (bin !== null) mine[bin] = value
      }
      for (const [bin, value] of Object.entries(mine)) (values[Number(bin)] ??= []).push(value)
    }
  }
  return { ways, waits, waitCounts, values }
}

/** Product limit at each day, by its definition. */
export function survivalByHand(waits: ByHand['waits'], day: number): number {
  let survival = 1
  for (const at of [...new Set(waits.filter(({ had }) => had).map(({ days }) => days))].sort(
    (a, b) => a - b,
  )) {
    if (at > day) break
    const risk = waits.filter(({ days }) => days >= at).length
    const events = waits.filter(({ days, had }) => had && days === at).length
    survival *= 1 - events / risk
  }
  return survival
}
