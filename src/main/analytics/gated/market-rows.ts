/**
 * What a patient is in the benchmark of a monitoring table (docs/spec/privacy.md Q8, ADR 0027): a row for each month in which the records say with
 * which insurer of the consortium the patient is. Nobody's file of members is needed, and one's own insurer is measured as the others are. Pure.
 */
import { daysInMonth, dayOfCivil } from '../../../shared/domain/dates.ts'
import { monthsUpTo, payerName, type MonitorOutput } from '../../privacy/request/monitor-output.ts'
import type { Row } from '../../privacy/request/tabulate.ts'
import { deathOf } from '../persons/person-says.ts'
import { claimsThatStand } from '../persons/claims.ts'
import { datedVisits, monthOf, type RowsOfPerson } from './patient-facts.ts'

/** Whoever was not seen for so long is with nobody that the records know of. */
const KNOWN_DAYS = 365

interface Month {
  readonly name: string
  readonly first: number
  readonly last: number
}

/** A patient is with the payer of the last visit by the end of a month that names one, at most a year before the month. */
export function marketRows(
  { organisation, insurers, lastMonth, months }: MonitorOutput,
  snapshotDay: number,
  benchmarkFrom: string | null,
): RowsOfPerson {
  if (insurers === null || benchmarkFrom === null) return () => []
  const nameOf = new Map(insurers.map((name) => [payerName(name), name]))
  const own = payerName(organisation)
  const window = monthsUpTo(lastMonth, months)
    .filter((name) => name >= benchmarkFrom)
    .map(spanOf)
    // A month that goes on has not all its claims, nor all its people; on its last day it goes on.
    .filter(({ last }) => last < snapshotDay)
  return (facts) => {
    const visits = datedVisits(facts).flatMap(({ day, block, organisation: payer }) =>
      payer === null || day > snapshotDay ? [] : [{ day, block, payer: payerName(payer) }],
    )
    if (visits.length === 0) return []
    const claims = claimsThatStand(facts)
    const death = deathOf(facts)
    return window.flatMap(({ name, first, last }): Row[] => {
      const known = visits.findLast(({ day }) => day <= last)
      if (known === undefined || known.day < first - KNOWN_DAYS || (death !== null && death < first))
        return []
      const insurer = nameOf.get(known.payer)
      if (insurer === undefined) return []
      const blocks = new Set(
        visits.flatMap(({ day, block, payer }) =>
          payer === known.payer && monthOf(day) === name ? [block] : [],
        ),
      )
      return [
        {
          'market-insurer': insurer,
          'market-part': known.payer === own ? 'own' : 'others',
          'market-month': name,
          'market-claims': claims.filter(({ block }) => block !== null && blocks.has(block)).length,
        },
      ]
    })
  }
}

function spanOf(name: string): Month {
  const [year, month] = [Number(name.slice(0, 4)), Number(name.slice(5))]
  const first = dayOfCivil(year, month, 1)
  return { name, first, last: first + daysInMonth(year, month) - 1 }
}
