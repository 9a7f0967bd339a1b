/** A typed result as an observation of the record. Pure. */
import { LOINC_SYSTEM, type LabTest } from '../../../../shared/domain/lab-tests.ts'
import { ownCode } from '../../../parts/own-code.ts'
import type { Code, Observation } from '../../../../shared/domain/visit.ts'

const NUMBER = /^(<=|>=|<|>)?\s*(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)$/

export interface TypedResult {
  /** Null for a test outside of the table: then its name says which. */
  readonly test: LabTest | null
  readonly name: string
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
  const code = awaited?.code ?? (test === null ? ownCode(typed.name) : codeOf(test))
  if (text === '' || code === null || (test !== null && test.unit !== '' && match === null)) return null
  const number = match === null ? null : Number(match[2])
  const isOwnUnit = test !== null && unit === test.unit
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
    code,
    kind: awaited?.kind ?? (test?.kind === 'imaging' ? 'imaging' : 'lab'),
    status: 'final',
    value:
      match === null
        ? { type: 'text', value: text }
        : {
            type: 'decimal',
            value: match[2]!,
            ...(match[1] === undefined ? {} : { comparator: match[1] as '<' | '<=' | '>' | '>=' }),
            ...(unit.trim() === '' ? {} : { unit: unit.trim().slice(0, 64) }),
          },
    ...(low === null ? {} : { refLow: String(low) }),
    ...(high === null ? {} : { refHigh: String(high) }),
    ...(flag === undefined ? {} : { flag }),
    specimenCollected: awaited?.specimenCollected ?? resultDate,
    resultDate,
    sourceCodings: awaited?.sourceCodings ?? [],
  }
}

const codeOf = (test: LabTest): Code => ({ system: LOINC_SYSTEM, code: test.loinc, display: test.en })
