/** Rows of patients with plain loops over the facts of visits that count: slow, and knowing nothing of the product's own readers. */
import { ageInYears, parseDay } from '../../../shared/domain/dates.ts'
import type { IntervalDefinition } from '../../../shared/domain/intervals.ts'
import type { Row } from '../../privacy/request/tabulate.ts'
import { daysOf, mostOften, type Visit } from '../cohort/by-hand.test-kit.ts'
import { FACT_CODES, type Facts } from '../facts/fact-tables.ts'
import { CHARLSON } from '../../stats/comorbidity/comorbidity.ts'

/** Chapters by letter and number, as the table of contents of ICD-10 has them. */
const CHAPTERS =
  'I A00-B99,II C00-D49,III D50-D89,IV E00-E90,V F00-F99,VI G00-G99,VII H00-H59,VIII H60-H95,IX I00-I99,X J00-J99,XI K00-K95,XII L00-L99,XIII M00-M99,XIV N00-N99,XV O00-O99,XVI P00-P96,XVII Q00-Q99,XVIII R00-R99,XIX S00-T98,XX V00-Y99,XXI Z00-Z99,XXII U00-U99'
    .split(',')
    .map((line) => line.split(/[ -]/) as [string, string, string])

export interface Asked {
  readonly kind: 'person' | 'visit' | 'stretch'
  readonly names: readonly string[]
  readonly followUp: IntervalDefinition | null
  readonly snapshotDay: number
}

/** `facts`: one person's, of versions that count, in the order of the chain. */
export function rowsByHand(facts: readonly Facts[], index: number, asked: Asked): Row[] {
  const visits: Visit[] = facts
    .map((of) => ({ ...of.visit[0]!, of }))
    .sort((a, b) => a.day! - b.day! || a.block! - b.block!)
  const death = mostOften(inChain(visits).map((visit) => visit.death))
  let end = index + 365
  if (asked.snapshotDay + 1 < end) end = asked.snapshotDay + 1
  if (death !== null && death + 1 < end) end = death + 1
  if (end < index) end = index
  if (asked.kind === 'person') return [rowOf(visits, index, index, first(visits, index), [index, end], asked)]
  if (asked.kind === 'visit')
    return visits
      .filter((visit) => visit.day! >= index && visit.day! <= asked.snapshotDay)
      .map((visit) => rowOf(visits, index, visit.day!, visit, null, asked))
  const payers = new Map<number, number | null>()
  for (let day = index; day < Math.max(end, index + 1); day++) payers.set(day, payerOn(visits, day))
  const starts = [...payers.keys()].filter((day) => day === index || payers.get(day) !== payers.get(day - 1))
  return starts.map((day, i) =>
    rowOf(visits, index, day, first(visits, day), [day, starts[i + 1] ?? end], asked),
  )
}

function rowOf(
  visits: readonly Visit[],
  index: number,
  day: number,
  visit: Visit | null,
  span: readonly [number, number] | null,
  { names, followUp, snapshotDay }: Asked,
): Row {
  const until = visits.filter((each) => each.day! <= day)
  const chained = inChain(visits)
  const claims = standing(chained)
  const inside = claims.filter(({ visit: of }) =>
    span === null ? of === visit : of.day! >= span[0] && of.day! < span[1],
  )
  const values: Record<string, () => number | string | null> = {
    'age-years': () => {
      const birth = mostOften(chained.map((each) => each.birth))
      return birth === null || birth > day ? null : ageInYears(birth, day)
    },
    sex: () => {
      const sex = mostOften(chained.map((each) => each.sex))
      return sex === null ? null : FACT_CODES.sex[sex]!
    },
    charlson: () => {
      const codes = until.flatMap(({ of }) =>
        of.diagnosis.flatMap(({ code, verification }) =>
          FACT_CODES.verification[verification!] === 'refuted'
            ? []
            : [code!.replace(/\./g, '').toUpperCase()],
        ),
      )
      const has = new Set(
        CHARLSON.categories
          .filter(({ prefixes }) => prefixes.some((prefix) => codes.some((code) => code.startsWith(prefix))))
          .map(({ key }) => key),
      )
      for (const [severe, mild] of CHARLSON.hierarchy) if (has.has(severe!)) has.delete(mild!)
      return CHARLSON.categories.reduce(
        (sum, { key, weights }) => sum + (has.has(key) ? (weights['charlson1987'] ?? 0) : 0),
        0,
      )
    },
    'visits-year': () => visits.filter((each) => each.day! < day && each.day! >= day - 365).length,
    'hba1c-tenths': () => {
      let best: { known: number; order: number; value: number } | null = null
      let order = 0
      for (const each of chained)
        for (const row of each.of.observation) {
          order++
          const isFinal = ['final', 'amended', 'corrected'].includes(
            FACT_CODES.observationStatus[row.status!]!,
          )
          if (row.system !== 'http://loinc.org' || row.code !== '4548-4' || !isFinal) continue
          if (row.canonical === null || row.comparator !== null) continue
          const known = row.known ?? each.day!
          if (known > day) continue
          if (best === null || known > best.known || (known === best.known && order > best.order))
            best = { known, order, value: row.canonical }
        }
      return best === null ? null : Math.round(best.value * 10)
    },
    'stay-days': () =>
      visit === null || visit.discharge === null || visit.discharge < visit.day!
        ? null
        : visit.discharge - visit.day!,
    'visit-class': () => (visit === null ? null : FACT_CODES.class[visit.class!]!),
    payer: () => {
      const payer = visit === null ? payerOn(visits, day) : visit.payer
      return payer === null ? null : FACT_CODES.payer[payer]!
    },
    'diagnosis-chapter': () => {
      const principal = visit?.of.diagnosis.find(
        ({ role, verification }) =>
          FACT_CODES.role[role!] === 'principal' && FACT_CODES.verification[verification!] !== 'refuted',
      )
      const category = principal?.code?.replace(/\./g, '').slice(0, 3)
      if (category === undefined) return null
      return CHAPTERS.find(([, from, to]) => category >= from && category <= to)?.[0] ?? null
    },
    'exposure-days': () => (span === null ? null : span[1] - span[0]),
    claims: () => inside.length,
    'cost-minor': () => {
      let sum = 0
      for (const { claim } of inside)
        if (claim.currency === claims[0]!.claim.currency)
          sum += Math.max(0, claim.allowed ?? claim.billed ?? 0)
      return sum
    },
    'follow-up-days': () => followed(chained, index, followUp!, snapshotDay)?.days ?? null,
    'follow-up-event': () => {
      const found = followed(chained, index, followUp!, snapshotDay)
      return found === null ? null : found.hasEvent ? 'yes' : 'no'
    },
  }
  return Object.fromEntries(names.map((name) => [name, values[name]!()]))
}

/** Of follow-ups that begin on the index day, keep earlier events, and end with the event, death, `atMostDays` or the data. */
function followed(
  visits: readonly Visit[],
  index: number,
  { followUp, codeSets }: IntervalDefinition,
  snapshotDay: number,
) {
  const until = followUp.until === null ? snapshotDay : Math.min(snapshotDay, parseDay(followUp.until)!)
  const death = mostOften(visits.map((visit) => visit.death))
  const event = daysOf(followUp.event, codeSets, inChain(visits)).find((day) => day > index)
  for (let day = index; ; day++) {
    if (day > until) return null
    const isEvent = day === event
    const isEnd = isEvent || day === death || day === until || day - index === followUp.atMostDays
    if (!isEnd) continue
    return day - index < followUp.atLeastDays ? null : { days: day - index, hasEvent: isEvent }
  }
}

function standing(visits: readonly Visit[]) {
  const all = visits.flatMap((visit) => visit.of.claim.map((claim) => ({ visit, claim })))
  return all.filter(
    ({ claim }) =>
      claim.reverses === null &&
      !['draft', 'denied', 'reversed'].includes(FACT_CODES.claimStatus[claim.status!]!) &&
      !all.some((other) => other.claim.reverses !== null && other.claim.reverses === claim.claim),
  )
}

const inChain = (visits: readonly Visit[]) => [...visits].sort((a, b) => a.block! - b.block!)
const first = (visits: readonly Visit[], day: number) => visits.find((visit) => visit.day === day) ?? null
function payerOn(visits: readonly Visit[], day: number): number | null {
  let payer: number | null = null
  for (const visit of visits) if (visit.day! <= day) payer = visit.payer
  return payer
}
