/**
 * What a patient is in a monitoring table (docs/spec/privacy.md Q7): a row for each visit that this insurer is the payer of, in the months of the
 * table; one with the score of the conditions known by their end; and one for each chronic condition. For the benchmark, whoever the insurer is,
 * one for each month in which the patient is with an insurer. Pure.
 */
import { ageInYears, civilOfDay } from '../../../shared/domain/dates.ts'
import {
  MONITOR_CONDITIONS,
  monthsUpTo,
  payerName,
  type MonitorGroup,
  type MonitorOutput,
} from '../../privacy/request/monitor-output.ts'
import type { Row } from '../../privacy/request/tabulate.ts'
import { normaliseCode } from '../../stats/comorbidity/comorbidity.ts'
import { FACT_CODES, factCode } from '../facts/fact-tables.ts'
import { claimsThatStand } from '../persons/claims.ts'
import { birthOf, sexOf } from '../persons/person-says.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import { marketRows } from './market-rows.ts'
import { charlsonOn, costOf, datedVisits, monthOf, type RowsOfPerson, type Visit } from './patient-facts.ts'

const REFUTED = factCode('verification', 'refuted')

/** @param benchmarkFrom first month of the benchmark; null: none */
export function monitorRows(
  output: MonitorOutput,
  snapshotDay: number,
  benchmarkFrom: string | null,
): RowsOfPerson {
  const ofMarket = marketRows(output, snapshotDay, benchmarkFrom)
  const ofOwn = ownRows(output, snapshotDay)
  return (facts, index) => [...ofOwn(facts, index), ...ofMarket(facts, index)]
}

function ownRows(output: MonitorOutput, snapshotDay: number): RowsOfPerson {
  const months = new Set(monthsUpTo(output.lastMonth, output.months))
  const labelOf = labelsOf(output.groups)
  const planLabelOf = output.plans === null ? null : labelsOf(output.plans)
  const payer = payerName(output.organisation)
  return (facts) => {
    const visits = datedVisits(facts)
    const own = visits.filter(
      ({ day, organisation }) =>
        day <= snapshotDay &&
        organisation !== null &&
        payerName(organisation) === payer &&
        months.has(monthOf(day)),
    )
    const [first] = own
    const last = own.at(-1)
    if (first === undefined || last === undefined) return []
    const claims = claimsThatStand(facts)
    const currency = claims[0]?.currency ?? null
    const birth = birthOf(facts)
    // One age band for one patient: a birthday within the months moves nobody to a second cell.
    const age = birth === null || birth > first.day ? null : ageInYears(birth, first.day)
    const sex = sexOf(facts)
    const groupOf = ({ memberGroup }: Visit) =>
      memberGroup === null ? null : (labelOf.get(memberGroup.normalize('NFC')) ?? null)
    const planOf = (visit: Visit): Row =>
      planLabelOf === null ? {} : { 'watched-plan': planLabelOf.get(planNameOf(visit)) ?? null }
    const rows: Row[] = own.map((visit) => {
      const ofVisit = claims.filter(({ block }) => block === visit.block)
      return {
        'watched-group': groupOf(visit),
        ...planOf(visit),
        'watched-month': monthOf(visit.day),
        'age-years': age,
        sex,
        claims: ofVisit.length,
        'cost-minor': costOf(ofVisit, currency),
        'watched-delay': delayOf(visit.day, ofVisit[0]?.submitted ?? null),
      }
    })
    const place = { 'watched-group': groupOf(last), ...planOf(last) }
    rows.push({ ...place, charlson: charlsonOn(facts, own, last.day) })
    for (const condition of conditionsOf(facts, new Set(own.map(({ block }) => block))))
      rows.push({ ...place, 'watched-condition': condition })
    return rows
  }
}

const labelsOf = (groups: readonly MonitorGroup[]): ReadonlyMap<string, string> =>
  new Map(groups.flatMap(({ label, codes }) => codes.map((code) => [code, label])))

/** National insurance has no plans: of a visit that names none the kind of its payer stands for one. */
function planNameOf({ plan, payer }: Visit): string {
  return plan?.normalize('NFC') ?? (payer === null ? undefined : FACT_CODES.payer[payer]) ?? ''
}

/** Months from the visit to its first claim; null where there is none. Beyond the table's last delay it is “not known”. */
function delayOf(day: number, submitted: number | null): string | null {
  if (submitted === null) return null
  const [visit, claim] = [civilOfDay(day), civilOfDay(submitted)]
  return String(Math.max(0, (claim.year - visit.year) * 12 + claim.month - visit.month))
}

/** In the table's order: which ones count of somebody with many does not depend on when they were written down. */
function conditionsOf({ diagnosis }: PersonFacts, blocks: ReadonlySet<number>): string[] {
  const codes = diagnosis.flatMap(({ block, code, verification }) =>
    block !== null && blocks.has(block) && code !== null && verification !== REFUTED
      ? [normaliseCode(code)]
      : [],
  )
  return MONITOR_CONDITIONS.flatMap(([name, prefixes]) =>
    prefixes.some((prefix) => codes.some((code) => code.startsWith(prefix))) ? [name] : [],
  )
}
