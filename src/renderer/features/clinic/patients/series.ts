/** What a history says of one test, one medicine, one diagnosis over time. Pure. */
import { labTestOf } from '../../../../shared/domain/lab-tests.ts'
import { parseWhen } from '../../../../shared/domain/dates.ts'
import type { Code, VisitRecord } from '../../../../shared/domain/visit.ts'

export interface SeriesPoint {
  /** Days since 1970. */
  readonly day: number
  /** The wall time of that day, `08:15`; '' where it is not said. */
  readonly clock: string
  /** The text of the source, for people. */
  readonly text: string
  readonly value: number
  readonly merkleRoot: string
  readonly flag: 'low' | 'high' | null
}
export interface Series {
  readonly code: Code
  readonly unit: string
  readonly points: readonly SeriesPoint[]
  /** The reference range of the newest result, else that of the test. */
  readonly low: number | null
  readonly high: number | null
  /** Results in other units: they are not drawn on this scale. */
  readonly otherUnitCount: number
}
export interface DatedRecord {
  readonly record: VisitRecord
  readonly merkleRoot: string
}

const FINAL = new Set(['final', 'amended', 'corrected', 'preliminary', 'unknown'])

/** The least and the greatest value; of equal ones the newest. */
export function extremesOf({ points }: Pick<Series, 'points'>): { least: SeriesPoint; most: SeriesPoint } {
  let [least, most] = [points[0]!, points[0]!]
  for (const point of points) {
    if (point.value <= least.value) least = point
    if (point.value >= most.value) most = point
  }
  return { least, most }
}

/** Numbers by test, those with most results first. A result counts on the day when it was drawn, else measured. */
export function seriesOf(records: readonly DatedRecord[]): Series[] {
  const byCode = new Map<
    string,
    { code: Code; entries: (SeriesPoint & { unit: string; ref: readonly [number | null, number | null] })[] }
  >()
  for (const { record, merkleRoot } of records)
    for (const observation of record.observations) {
      const { value, code } = observation
      if (value.type !== 'decimal' || !FINAL.has(observation.status)) continue
      const when =
        observation.specimenCollected ??
        observation.effective ??
        observation.resultDate ??
        record.encounter.admission.at
      const day = parseWhen(when)?.first
      if (day === undefined) continue
      const key = `${code.system}|${code.code}`
      const entry = byCode.get(key) ?? { code, entries: [] }
      const number = Number(value.value)
      const [low, high] = [limit(observation.refLow), limit(observation.refHigh)]
      entry.entries.push({
        day,
        clock: /T([0-9]{2}:[0-9]{2})/.exec(when)?.[1] ?? '',
        text: `${value.comparator ?? ''}${value.value}`,
        value: number,
        merkleRoot,
        flag: low !== null && number < low ? 'low' : high !== null && number > high ? 'high' : null,
        unit: value.unit ?? '',
        ref: [low, high],
      })
      byCode.set(key, entry)
    }
  return [...byCode.values()]
    .map(({ code, entries }) => {
      const inOrder = [...entries].sort((a, b) => momentOf(a) - momentOf(b))
      const newest = inOrder.at(-1)!
      const test = labTestOf(code)
      const drawn = inOrder.filter(({ unit }) => unit === newest.unit)
      const [low, high] = newest.ref
      const isOwnUnit = test !== null && test.unit === newest.unit
      return {
        code,
        unit: newest.unit,
        points: drawn.map(({ unit: _unit, ref: _ref, ...point }) => point),
        low: low ?? (isOwnUnit ? (test.reference?.[0] ?? null) : null),
        high: high ?? (isOwnUnit ? (test.reference?.[1] ?? null) : null),
        otherUnitCount: inOrder.length - drawn.length,
      }
    })
    .sort((a, b) => b.points.length - a.points.length)
}

/** Days since 1970 with the time of the day as a fraction: several results of a day stand beside each other. */
export function momentOf({ day, clock }: Pick<SeriesPoint, 'day' | 'clock'>): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number)
  return day + (hours * 60 + minutes) / 1440
}

const limit = (text: string | undefined): number | null => (text === undefined ? null : Number(text))

export interface MedicineSpan {
  readonly first: number
  /** Null: the record does not say when it ends. */
  readonly last: number | null
  readonly dose: string
  readonly merkleRoot: string
}
export interface MedicineLine {
  readonly code: Code
  readonly text: string
  readonly spans: readonly MedicineSpan[]
}

const NOT_TAKEN = new Set(['cancelled', 'entered-in-error', 'draft'])

export function medicinesOf(records: readonly DatedRecord[]): MedicineLine[] {
  const byCode = new Map<string, { code: Code; text: string; spans: MedicineSpan[] }>()
  for (const { record, merkleRoot } of records)
    for (const each of record.prescriptions) {
      if (NOT_TAKEN.has(each.status) || each.intent === 'plan') continue
      const first = parseWhen(each.start ?? record.encounter.admission.at)?.first
      if (first === undefined) continue
      const end = each.end === undefined ? undefined : parseWhen(each.end)?.last
      const last = end ?? (each.daysSupply === undefined ? null : first + each.daysSupply - 1)
      const key =
        each.code.code === 'text' ? `text|${each.text ?? ''}` : `${each.code.system}|${each.code.code}`
      const line = byCode.get(key) ?? { code: each.code, text: each.text ?? '', spans: [] }
      const dose = each.dose === undefined ? '' : `${each.dose.value} ${each.dose.unit ?? ''}`.trim()
      line.spans.push({
        first,
        last,
        dose: [dose, each.frequency, each.asNeeded === true && each.frequency !== 'prn' ? 'prn' : '']
          .filter(Boolean)
          .join(' '),
        merkleRoot,
      })
      byCode.set(key, line)
    }
  return [...byCode.values()]
    .map((line) => ({ ...line, spans: line.spans.sort((a, b) => a.first - b.first) }))
    .sort((a, b) => b.spans.at(-1)!.first - a.spans.at(-1)!.first)
}

export interface DiagnosisLine {
  readonly code: Code
  readonly text: string
  readonly isChronic: boolean
  /** Days since 1970. */
  readonly first: number
  readonly last: number
  readonly visitCount: number
}

export function diagnosesOf(records: readonly DatedRecord[]): DiagnosisLine[] {
  const byCode = new Map<string, DiagnosisLine>()
  for (const { record } of records) {
    const day = parseWhen(record.encounter.admission.at)?.first
    if (day === undefined) continue
    const here = new Set<string>()
    for (const each of record.diagnoses) {
      if (each.verification === 'refuted') continue
      const key =
        each.code.code === 'text' ? `text|${each.text ?? ''}` : `${each.code.system}|${each.code.code}`
      if (here.has(key)) continue
      here.add(key)
      const line = byCode.get(key)
      byCode.set(key, {
        code: line?.code ?? each.code,
        text: line?.text ?? each.text ?? '',
        isChronic: (line?.isChronic ?? false) || each.chronic === true,
        first: Math.min(line?.first ?? day, day),
        last: Math.max(line?.last ?? day, day),
        visitCount: (line?.visitCount ?? 0) + 1,
      })
    }
  }
  return [...byCode.values()].sort((a, b) => Number(b.isChronic) - Number(a.isChronic) || b.last - a.last)
}
