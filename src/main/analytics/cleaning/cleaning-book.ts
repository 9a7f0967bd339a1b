/**
 * What is written of a cleaning while persons come, all at once or some at a time: who and what is left after each step, what
 * it did and found, and what the values look like before and after. Pure.
 */
import type { CleaningStep } from '../../../shared/domain/cleaning.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { carryForward } from './carry-forward.ts'
import type { Cleaning, CleaningCounts, CleaningOptions, HandedOn, StepReport } from './clean.ts'
import { hasVisit, rowCountOf, type CleanPerson } from './cleaned.ts'
import { eventCounter } from './count-events.ts'
import { dateRules } from './date-rules.ts'
import { deduplicate } from './deduplicate.ts'
import { createEditor } from './editor.ts'
import { groupCodes } from './group-codes.ts'
import { harmoniseUnits } from './harmonise-units.ts'
import { linkPersons } from './link-persons.ts'
import { missingness } from './missingness.ts'
import { normaliseText } from './normalise-text.ts'
import { outlier } from './outlier.ts'
import { createProfile } from './profile.ts'
import { rangeRule } from './range-rule.ts'
import { selectVersion } from './select-version.ts'
import { personByPerson, type Flow, type Look, type StepWork } from './step-work.ts'

export interface BookedStep {
  /** Comes first, with everybody; null where the step needs none. */
  readonly look: Look | null
  /** Changes these persons and writes it down. */
  take(flow: Flow): Flow
  /** Everybody was taken. */
  end(): void
  /** Changes these persons once more, and writes nothing. */
  again(flow: Flow): Flow
}

export interface CleaningBook {
  readonly steps: readonly BookedStep[]
  /** Persons before the first step. */
  begin(flow: Flow): void
  /** Persons after the last step. */
  finish(persons: readonly CleanPerson[]): void
  /** When everybody is through. */
  written(): Omit<Cleaning, 'persons'>
}

export function createCleaningBook(
  steps: readonly CleaningStep[],
  { event, beforeStep }: CleaningOptions,
): CleaningBook {
  const countOne = counterOf(event === undefined ? () => 0 : eventCounter(event))
  const start = { persons: 0, events: 0, rows: 0 }
  const before = createProfile('before')
  const after = createProfile('after')
  const reports: StepReport[] = []
  let handedOn: HandedOn = { maxGapDays: {}, scores: {} }

  const booked = (step: CleaningStep): BookedStep => {
    const work = workOf(step)
    const editor = createEditor(step.step)
    const turn = work.begin(editor)
    const left = { persons: 0, events: 0, rows: 0 }
    return {
      look: work.look,
      take(flow) {
        beforeStep?.()
        const out = turn.change(flow)
        editor.forgetRows()
        addCounts(left, out.persons, countOne)
        return out
      },
      end() {
        const { maxGapDays, scores } = turn.handedOn()
        handedOn = {
          maxGapDays: { ...handedOn.maxGapDays, ...maxGapDays },
          scores: { ...handedOn.scores, ...scores },
        }
        const rowsIn = (reports.at(-1)?.left ?? start).rows
        const finding = turn.finding()
        reports.push({ step, rowsIn, rowsOut: left.rows, ...editor.done(), left, finding })
      },
      again(flow) {
        beforeStep?.()
        return work.isReadOnly ? flow : work.begin(createEditor(step.step)).change(flow)
      },
    }
  }

  return {
    steps: steps.map(booked),
    begin({ persons }) {
      addCounts(start, persons, countOne)
      before.add(persons)
    },
    finish: (persons) => after.add(persons),
    written: () => ({
      start,
      steps: reports,
      before: before.finish(),
      after: after.finish(),
      handedOn,
    }),
  }
}

type Counts = { -readonly [Key in keyof CleaningCounts]: number }

/** A person who stays the same is counted once, after however many steps. */
function counterOf(eventsOf: (person: CleanPerson) => number): (person: CleanPerson) => CleaningCounts {
  const known = new WeakMap<CleanPerson, CleaningCounts>()
  return (person) => {
    const before = known.get(person)
    if (before !== undefined) return before
    const counts = {
      persons: hasVisit(person) ? 1 : 0,
      events: eventsOf(person),
      rows: rowCountOf([person]),
    }
    known.set(person, counts)
    return counts
  }
}

function addCounts(
  into: Counts,
  persons: readonly CleanPerson[],
  countOne: (person: CleanPerson) => CleaningCounts,
): void {
  for (const person of persons) {
    const { persons: one, events, rows } = countOne(person)
    into.persons += one
    into.events += events
    into.rows += rows
  }
}

/** Steps that find something out and leave every row as it is: who wants the rows alone need not do them. */
export const changesNothing = (step: CleaningStep): boolean => workOf(step).isReadOnly

function workOf(step: CleaningStep): StepWork {
  switch (step.step) {
    case 'select-version':
      return selectVersion(step)
    case 'normalise-text':
      return personByPerson((persons, editor) => normaliseText(persons, step, editor))
    case 'link-persons':
      return linkPersons(step)
    case 'deduplicate':
      return deduplicate(step)
    case 'harmonise-units':
      return personByPerson((persons, editor) => harmoniseUnits(persons, step, editor))
    case 'range-rule':
      return personByPerson((persons, editor) => rangeRule(persons, step, editor))
    case 'outlier':
      return outlier(step)
    case 'date-rules':
      return personByPerson((persons, editor) => dateRules(persons, step, editor))
    case 'carry-forward':
      return carryForward(step)
    case 'missingness':
      return missingness(step)
    case 'group-codes':
      return groupCodes(step)
    default:
      return unreachable(step)
  }
}
