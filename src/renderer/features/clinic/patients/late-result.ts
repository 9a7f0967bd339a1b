/** A typed result as an observation of the record. Pure. */
import { LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import type { Observation } from '../../../../shared/domain/visit.ts'

const NUMBER = /^(<=|>=|<|>)?\s*(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)$/

export interface TypedResult {
  readonly test: LabTest
  readonly value: string
  readonly unit: string
  /** YYYY-MM-DD */
  readonly resultDate: string
}

/** Null where the value is not understood. `awaited`: what was ordered; it keeps when the specimen was drawn. */
export function observationOf(typed: TypedResult, awaited: Observation | null): Observation | null {
  const { test, unit, resultDate } = typed
  const text = typed.value.normalize('NFKC').trim()
  const match = NUMBER.exec(text)
  if (text === '' || (test.unit !== '' && match === null)) return null
  const number = match === null ? null : Number(match[2])
  const isOwnUnit = unit === test.unit
  const [low, high] = isOwnUnit && number !== null ? (test.reference ?? [null, null]) : [null, null]
  const flag =
    number === null || match?.[1] !== undefined
      ? undefined
      : high !== null && number > high
        ? 'H'
        : low !== null && number < low
          ? 'L'
          : undefined
  return {
    code: awaited?.code ?? { system: LOINC_SYSTEM, code: test.loinc, display: test.en },
    kind: awaited?.kind ?? (test.kind === 'imaging' ? 'imaging' : 'lab'),
    status: 'final',
    value:
      match === null
        ? { type: 'text', value: text }
        : {
            type: 'decimal',
            value: match[2]!,
            ...(match[1] === undefined ? {} : { comparator: match[1] as '<' | '<=' | '>' | '>=' }),
            ...(unit === '' ? {} : { unit }),
          },
    ...(low === null ? {} : { refLow: String(low) }),
    ...(high === null ? {} : { refHigh: String(high) }),
    ...(flag === undefined ? {} : { flag }),
    specimenCollected: awaited?.specimenCollected ?? resultDate,
    resultDate,
    sourceCodings: awaited?.sourceCodings ?? [],
  }
}
