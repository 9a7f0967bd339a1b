/**
 * The persons of a cohort followed through time: they come in batches, in the order of their numbers; what is said of them is counted,
 * rounded and held back when all are there, so that nothing else leaves. Pure.
 */
import { parseDay } from '../../../shared/domain/dates.ts'
import type { PathwaysDefinition } from '../../../shared/domain/pathways.ts'
import { present } from '../../../shared/std/assert.ts'
import type { IndexedPerson } from '../intervals/build-intervals.ts'
import { daysOfEvent, resultsOfTest } from '../persons/event-days.ts'
import { birthOf } from '../persons/person-says.ts'
import { sampleExemplars, type Exemplar } from './exemplars.ts'
import { createPeople } from './people.ts'
import { cellOf, isSmall, protect, type Cell, type Line } from './protect.ts'
import { createSequences, type NodeKind } from './sequences.ts'
import type { Spread } from './spread.ts'
import { stepsOf } from './steps-of.ts'
import { createTrajectories } from './trajectories.ts'
import { createWaits, type WaitPoint, type WaitTable } from './waits.ts'
import { watchOf } from './watch.ts'

/** A number of persons as it is said. */
export type SaidCount =
  { readonly said: 'exact'; readonly count: number } | { readonly said: 'small' | 'withheld' | 'hidden' }

export interface SaidNode {
  readonly step: number
  readonly what: NodeKind
  readonly persons: SaidCount
}

export interface SaidLink {
  readonly from: number | null
  readonly to: number
  readonly persons: SaidCount
  readonly days: Spread | null
}

export interface SaidSequences {
  readonly nodes: readonly SaidNode[]
  readonly links: readonly SaidLink[]
}

export interface SaidWaits {
  readonly persons: SaidCount
  readonly without: SaidCount
  readonly events: SaidCount
  readonly died: SaidCount
  readonly unseen: SaidCount
  readonly atEnd: SaidCount
  readonly quartiles: WaitTable['quartiles']
  readonly points: readonly WaitPoint[]
}

export interface SaidTrajectory {
  readonly persons: SaidCount
  readonly bins: readonly {
    readonly from: number
    readonly to: number
    readonly persons: SaidCount
    readonly values: Spread | null
  }[]
}

export interface SaidPeople {
  readonly sexes: readonly { readonly sex: string | null; readonly persons: SaidCount }[]
  readonly ages: Spread | null
}

export type Traversal =
  | {
      readonly kind: 'traversed'
      readonly persons: number
      readonly people: SaidPeople
      readonly sequences: SaidSequences
      readonly waits: SaidWaits | null
      readonly trajectory: SaidTrajectory | null
      readonly exemplars: readonly Exemplar[]
    }
  /** Fewer than 11 persons, or none: nothing is said of them. */
  | { readonly kind: 'too-few'; readonly isNobody: boolean }
  /** Whatever is held back, a small number would follow from the rest. */
  | { readonly kind: 'not-sayable' }

export interface TraversalBuilder {
  add(persons: readonly IndexedPerson[]): void
  finish(): Traversal
}

/** @param lastDay of a visit at the snapshot: where the definition names no earlier one, data end here */
export function createTraversal(definition: PathwaysDefinition, lastDay: number): TraversalBuilder {
  const { classes, codeSets, watch, sequence, wait, trajectory, exemplars } = definition
  const until =
    watch.until === null ? lastDay : Math.min(lastDay, present(parseDay(watch.until), 'a checked day'))
  const daysOf = classes.map(({ event }) => daysOfEvent(event, codeSets))
  const resultsOf = trajectory === null ? null : resultsOfTest(trajectory.test)
  const people = createPeople()
  const sequences = createSequences(sequence.stepsMost)
  const waits = wait === null ? null : createWaits()
  const trajectories = trajectory === null ? null : createTrajectories(trajectory.clock)
  let personCount = 0
  return {
    add(persons) {
      for (const { facts, index } of persons) {
        personCount++
        const watched = watchOf(facts, index, watch, until)
        const days = daysOf.map((each) => each(facts))
        people.add(facts, index)
        sequences.add(stepsOf(days, watched, sequence), watched)
        if (wait !== null) waits?.add(wait.from === null ? null : days[wait.from]!, days[wait.to]!, watched)
        if (resultsOf !== null) trajectories?.add(resultsOf(facts), index, birthOf(facts))
      }
    },
    finish() {
      if (personCount === 0 || isSmall(personCount)) return { kind: 'too-few', isNobody: personCount === 0 }
      // Whoever counts the cohort knows it.
      const total = cellOf(personCount, 'public')
      const found = {
        people: people.finish(total),
        sequences: sequences.finish(total),
        waits: waits?.finish(total) ?? null,
        trajectory: trajectories?.finish(total) ?? null,
      }
      const lines: Line[] = [
        ...found.people.lines,
        ...found.sequences.lines,
        ...(found.waits?.lines ?? []),
        ...(found.trajectory?.lines ?? []),
      ]
      if (!protect(lines)) return { kind: 'not-sayable' }
      const said = {
        people: {
          sexes: found.people.sexes.map(({ sex, persons }) => ({ sex, persons: saidOf(persons) })),
          ages: found.people.ages,
        },
        sequences: {
          nodes: found.sequences.nodes.map((node) => ({ ...node, persons: saidOf(node.persons) })),
          links: found.sequences.links.map((link) => ({
            ...link,
            persons: saidOf(link.persons),
            // Days say that there are at least 11, which a count that is not said at all must not.
            days: link.persons.said === 'hidden' ? null : link.days,
          })),
        },
        waits: found.waits === null ? null : saidWaits(found.waits),
        trajectory:
          found.trajectory === null
            ? null
            : {
                persons: saidOf(found.trajectory.persons),
                bins: found.trajectory.bins.map((bin) => ({
                  ...bin,
                  persons: saidOf(bin.persons),
                  values: bin.persons.said === 'hidden' ? null : bin.values,
                })),
              },
      }
      return {
        kind: 'traversed',
        persons: personCount,
        ...said,
        // Made of what is said, and of nothing else.
        exemplars: sampleExemplars(said, trajectory?.clock ?? null, exemplars),
      }
    },
  }
}

function saidWaits({ lines: _, ...waits }: WaitTable): SaidWaits {
  const { persons, without, events, died, unseen, atEnd, quartiles, points } = waits
  const isHidden = [persons, events].some(({ said }) => said === 'hidden')
  return {
    persons: saidOf(persons),
    without: saidOf(without),
    events: saidOf(events),
    died: saidOf(died),
    unseen: saidOf(unseen),
    atEnd: saidOf(atEnd),
    quartiles: isHidden ? { q1: null, median: null, q3: null } : quartiles,
    points: isHidden ? [] : points,
  }
}

export function saidOf({ said, count }: Cell): SaidCount {
  return said === 'exact' ? { said, count } : { said }
}
