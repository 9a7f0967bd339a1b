/**
 * Definitions back from the canonical texts that a request names by their hashes (docs/spec/cohort.md section 6): a text that is not the
 * canonical one of what it says, or that could not be run, is none. Pure.
 */
import type { z } from 'zod'
import {
  canonicalCleaning,
  cleaningPipeline,
  cleaningProblems,
  type CleaningPipeline,
} from '../../shared/domain/cleaning.ts'
import {
  canonicalCohort,
  cohortDefinition,
  problemsOf,
  type CohortDefinition,
} from '../../shared/domain/cohort.ts'
import {
  canonicalIntervals,
  intervalDefinition,
  problemsOfIntervals,
  type IntervalDefinition,
} from '../../shared/domain/intervals.ts'
import { isImputing, problemsOfStudy, studyDocument, type StudyDocument } from '../../shared/domain/study.ts'

/** Names and titles are for people and in no canonical text. */
const NAMELESS = '-'

export function cohortOfText(text: string): CohortDefinition | null {
  const definition = parsed(cohortDefinition, withNames(asJson(text)))
  if (definition === null || problemsOf(definition).length > 0) return null
  return canonicalCohort(definition) === text ? definition : null
}

export function cleaningOfText(text: string): CleaningPipeline | null {
  const pipeline = parsed(cleaningPipeline, withNames(asJson(text)))
  if (pipeline === null || cleaningProblems(pipeline).length > 0) return null
  return canonicalCleaning(pipeline) === text ? pipeline : null
}

export function intervalsOfText(text: string): IntervalDefinition | null {
  const definition = parsed(intervalDefinition, withNames(asJson(text)))
  if (definition === null || problemsOfIntervals(definition).length > 0) return null
  return canonicalIntervals(definition) === text ? definition : null
}

/** A whole study travels as a document, with its titles; its name is the hash of its canonical text without a snapshot. */
export function studyOfText(text: string): StudyDocument | null {
  const study = parsed(studyDocument, asJson(text))
  if (study === null || study.snapshot !== null || problemsOfStudy(study).length > 0) return null
  // Behind each number the rules count people, and values that were filled in are nobody's.
  return isImputing(study) ? null : study
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | null {
  const result = schema.safeParse(value)
  return result.success ? result.data : null
}

function withNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const fields = value as Readonly<Record<string, unknown>>
  const { codeSets } = fields
  const named =
    typeof codeSets !== 'object' || codeSets === null
      ? {}
      : {
          codeSets: Object.fromEntries(
            Object.entries(codeSets).map(([id, set]) => [
              id,
              typeof set === 'object' && set !== null ? { ...set, name: NAMELESS } : set,
            ]),
          ),
        }
  return { ...fields, title: NAMELESS, ...named }
}

/** Deeper than any definition: what recurses over it would end the thread before it is judged. */
const NESTING_MAX = 64

function asJson(text: string): unknown {
  if (nestingOf(text) > NESTING_MAX) return null
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** How deep brackets stand within each other, outside of texts. */
function nestingOf(text: string): number {
  let depth = 0
  let deepest = 0
  let isInText = false
  for (let i = 0; i < text.length; i++) {
    const sign = text[i]
    if (isInText) {
      if (sign === '\\') i++
      else if (sign === '"') isInText = false
    } else if (sign === '"') isInText = true
    else if (sign === '{' || sign === '[') deepest = Math.max(deepest, ++depth)
    else if (sign === '}' || sign === ']') depth--
  }
  return deepest
}
