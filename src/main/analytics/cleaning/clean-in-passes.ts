/**
 * A cleaning of more persons than can be objects at one time. They come some at a time, as often as it takes: whatever a step has to know
 * of everybody is kept in columns of numbers, and who needs the same persons again goes the same way again. What is written is, to the
 * byte, what one pass over all of them gives. Pure: whoever reads the persons asks which ones.
 */
import type { CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { FactTable } from '../facts/fact-tables.ts'
import type { PersonFacts } from '../persons/person-facts.ts'
import type { Cleaning, CleaningOptions } from './clean.ts'
import { underCleaning, type CleanPerson } from './cleaned.ts'
import { createCleaningBook, type BookedStep } from './cleaning-book.ts'
import type { Flow, Joining } from './step-work.ts'

export interface CleaningPass {
  /** What this pass reads; null: all tables. */
  readonly tables: readonly FactTable[] | null
  /** Persons that come in it, in order: those that became one are one. */
  readonly count: number
  /** The pass whose persons went through all steps. */
  readonly isLast: boolean
  /** Places, among those who were in before the steps, of the entries that persons from-to (half-open) are made of. */
  entriesOf(from: number, to: number): number[]
  /** @param facts of the entries that were asked for, in that order. Answers the persons as this pass leaves them. */
  add(facts: readonly PersonFacts[], entries: readonly number[]): readonly CleanPerson[]
  /** Everybody came. */
  end(): void
}

export interface CleaningInPasses {
  /** Passes up to the last one, that too. */
  readonly passCount: number
  /** Null when everybody went through all steps. */
  next(): CleaningPass | null
  /** After the last pass. */
  written(): Omit<Cleaning, 'persons'>
  /** The cleaned persons once more. */
  again(): CleaningPass
}

/** @param entries persons before the steps */
export function cleanInPasses(
  entries: number,
  { steps }: Pick<CleaningPipeline, 'steps'>,
  options: CleaningOptions = {},
): CleaningInPasses {
  const book = createCleaningBook(steps, options)
  const joinings: Joining[] = []
  const looksOfVisits = book.steps.filter(({ look }) => look?.isOfVisits === true)
  let hasSeenVisits = looksOfVisits.length === 0
  /** Steps that are done and written, and whether the look of the next one is too. */
  let written = 0
  let hasLooked = false
  let isBegun = false
  let isDone = false

  const entriesOf = (from: number, to: number): number[] => {
    let places = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
    for (const { starts, members } of joinings.toReversed())
      places = places.flatMap((place) => [...members.subarray(starts[place], starts[place + 1])])
    return places
  }
  const countNow = (): number => {
    const last = joinings.at(-1)
    return last === undefined ? entries : last.starts.length - 1
  }
  const flowOf = (facts: readonly PersonFacts[], places: readonly number[]): Flow => ({
    persons: facts.map(underCleaning),
    places,
  })
  const through = (flow: Flow, some: readonly BookedStep[]): Flow =>
    some.reduce((before, step) => step.again(before), flow)

  const passOfVisits = (): CleaningPass => ({
    tables: ['visit'],
    count: entries,
    isLast: false,
    entriesOf,
    add(facts) {
      const persons = facts.map(underCleaning)
      for (const { look } of looksOfVisits) look!.add(persons)
      return persons
    },
    end() {
      for (const { look } of looksOfVisits) look!.end()
      hasSeenVisits = true
    },
  })

  const nextPass = (): CleaningPass => {
    const from = written
    const isFirst = !isBegun
    isBegun = true
    const needsLook = ({ look }: BookedStep): boolean => look !== null && !look.isOfVisits
    let to = from
    while (to < book.steps.length && (!needsLook(book.steps[to]!) || (to === from && hasLooked))) to++
    const looking = book.steps[to]
    return {
      tables: null,
      count: countNow(),
      isLast: looking === undefined,
      entriesOf,
      add(facts, places) {
        let flow = flowOf(facts, places)
        if (isFirst) book.begin(flow)
        flow = through(flow, book.steps.slice(0, from))
        for (const step of book.steps.slice(from, to)) flow = step.take(flow)
        if (looking === undefined) book.finish(flow.persons)
        else looking.look!.add(flow.persons)
        return flow.persons
      },
      end() {
        for (const step of book.steps.slice(from, to)) step.end()
        written = to
        hasLooked = looking !== undefined
        isDone = looking === undefined
        const joining = looking?.look!.end() ?? null
        if (joining !== null) joinings.push(joining)
      },
    }
  }

  return {
    passCount:
      1 +
      (looksOfVisits.length > 0 ? 1 : 0) +
      book.steps.filter(({ look }) => look !== null && !look.isOfVisits).length,
    next: () => (isDone ? null : hasSeenVisits ? nextPass() : passOfVisits()),
    written: () => book.written(),
    again: () => ({
      tables: null,
      count: countNow(),
      isLast: false,
      entriesOf,
      add: (facts, places) => through(flowOf(facts, places), book.steps).persons,
      end() {},
    }),
  }
}
