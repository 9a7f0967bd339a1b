/** What the person typed into the filters, and what of it the node is asked for. */
import type { AuditFilter } from '../../../../shared/contract/audit.ts'
import { parseDay } from '../../../../shared/domain/dates.ts'
import { zoneInUse } from '../../../lib/format.ts'
import { offsetAt } from '../../../lib/zone.ts'

export interface TypedFilters {
  readonly from: string
  readonly to: string
  readonly person: string
  readonly act: string
  readonly outcome: string
  readonly operation: string
  readonly patientId: string
}

export const NO_FILTERS: TypedFilters = {
  from: '',
  to: '',
  person: '',
  act: '',
  outcome: '',
  operation: '',
  patientId: '',
}

/** Half-open milliseconds of a date, or of a date with a minute, in the facility's zone; null for what is neither. */
export function typedTime(text: string, zone = zoneInUse()): { from: number; to: number } | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2}))?$/.exec(text.trim())
  if (match === null) return null
  const two = (part: string | undefined) => (part ?? '0').padStart(2, '0')
  const day = parseDay(`${match[1]}-${two(match[2])}-${two(match[3])}`)
  const [hour, minute] = [Number(match[4] ?? 0), Number(match[5] ?? 0)]
  if (day === null || hour > 23 || minute > 59) return null
  const at = (minutes: number, days = 0): number => {
    const civil = { day: day + days, minutes }
    return (civil.day * 1440 + minutes - offsetAt(civil, zone)) * 60_000
  }
  const from = at(hour * 60 + minute)
  return { from, to: match[4] === undefined ? at(0, 1) : from + 60_000 }
}

export const isTimeWrong = (text: string): boolean => text.trim() !== '' && typedTime(text) === null

/** Half of one fits nothing, and to find that out the whole log would be read. */
const PATIENT_ID = /^[0-9a-f]{32}$/

/** Of what is not understood yet nothing is asked. */
export function filterOf(typed: TypedFilters): AuditFilter {
  const from = typedTime(typed.from)?.from
  const to = typedTime(typed.to)?.to
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(typed.person === '' ? {} : { person: typed.person }),
    ...(typed.act === '' ? {} : { act: typed.act as NonNullable<AuditFilter['act']> }),
    ...(typed.outcome === '' ? {} : { outcome: typed.outcome as NonNullable<AuditFilter['outcome']> }),
    ...(typed.operation === '' ? {} : { operation: typed.operation }),
    ...(PATIENT_ID.test(typed.patientId.trim()) ? { patientId: typed.patientId.trim() } : {}),
  }
}
