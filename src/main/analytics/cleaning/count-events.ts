/** Rows on which an event happened, as the rules of a cohort name it: what a step gains or loses of it. Pure. */
import { codeMatcher } from '../../../shared/domain/code-set.ts'
import type { CohortDefinition, EventFilter } from '../../../shared/domain/cohort.ts'
import { labTestByKey, LOINC_SYSTEM } from '../../../shared/domain/lab-tests.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { FACT_CODES, factCode } from '../facts/fact-tables.ts'
import { keptRows, type CleanPerson } from './cleaned.ts'

export interface CountedEvent {
  readonly event: EventFilter
  readonly codeSets: CohortDefinition['codeSets']
}

const PRINCIPAL = factCode('role', 'principal')

/** Visits in which it happened; a visit that was written down twice counts twice. */
export function eventCounter({ event, codeSets }: CountedEvent): (person: CleanPerson) => number {
  const matcher = (id: string): ((code: string) => boolean) => {
    const set = codeSets[id]
    return set === undefined ? () => false : codeMatcher(set)
  }
  const ofBlocks = (blocks: readonly (number | null)[]): number => new Set(blocks).size
  switch (event.kind) {
    case 'diagnosis': {
      const isMeant = matcher(event.codes)
      const isClass = classTest(event.classes)
      return (person) => {
        const visits = new Set(
          keptRows(person, 'visit').flatMap(({ now }) => (isClass(now.class) ? [now.block] : [])),
        )
        return ofBlocks(
          keptRows(person, 'diagnosis').flatMap(({ now }) =>
            visits.has(now.block) &&
            now.code !== null &&
            isMeant(now.code) &&
            (event.isPrincipal !== true || now.role === PRINCIPAL)
              ? [now.block]
              : [],
          ),
        )
      }
    }
    case 'prescription':
    case 'procedure': {
      const isMeant = matcher(event.codes)
      return (person) =>
        ofBlocks(
          keptRows(person, event.kind).flatMap(({ now }) =>
            now.code !== null && isMeant(now.code) ? [now.block] : [],
          ),
        )
    }
    case 'result': {
      const loinc = labTestByKey(event.test)?.loinc
      const { atLeast, above, atMost, below } = event.value ?? {}
      const isMeant = (value: number | null): boolean =>
        event.value === undefined ||
        (value !== null &&
          (atLeast === undefined || value >= Number(atLeast)) &&
          (above === undefined || value > Number(above)) &&
          (atMost === undefined || value <= Number(atMost)) &&
          (below === undefined || value < Number(below)))
      return (person) =>
        ofBlocks(
          keptRows(person, 'observation').flatMap(({ now }) =>
            now.system === LOINC_SYSTEM && now.code === loinc && isMeant(now.canonical) ? [now.block] : [],
          ),
        )
    }
    case 'visit': {
      const isClass = classTest(event.classes)
      return (person) => keptRows(person, 'visit').filter(({ now }) => isClass(now.class)).length
    }
    default:
      return unreachable(event)
  }
}

function classTest(classes: readonly string[] | undefined): (code: number | null) => boolean {
  if (classes === undefined) return () => true
  const wanted = new Set(classes.map((name) => (FACT_CODES.class as readonly string[]).indexOf(name)))
  return (code) => code !== null && wanted.has(code)
}
