/**
 * What a patient is in the pathways of all hospitals (docs/spec/privacy.md Q11): a row for each step, of what follows what and after how long, by the
 * rules by which the room of pathways counts (docs/spec/pathways.md section 2). Pure.
 */
import { parseDay } from '../../../shared/domain/dates.ts'
import { present } from '../../../shared/std/assert.ts'
import {
  bandOf,
  DEATH,
  NO_FURTHER,
  SEVERAL,
  transitionLabel,
  waitLabel,
  type PathState,
  type PathwaysOutput,
} from '../../privacy/request/pathways-output.ts'
import type { Row } from '../../privacy/request/tabulate.ts'
import { stepsOf } from '../pathways/steps-of.ts'
import { watchOf } from '../pathways/watch.ts'
import { daysOfEvent } from '../persons/event-days.ts'
import type { RowsOfPerson } from './patient-facts.ts'

export function pathwayRows(output: PathwaysOutput, snapshotDay: number): RowsOfPerson {
  const { events, codeSets, watch, sequence } = output
  const until =
    watch.until === null
      ? snapshotDay
      : Math.min(snapshotDay, present(parseDay(watch.until), 'a checked day'))
  const daysOf = events.map((event) => daysOfEvent(event, codeSets))
  return (facts, index) => {
    if (facts.visit.length === 0) return []
    const watched = watchOf(facts, index, watch, until)
    const steps = stepsOf(
      daysOf.map((each) => each(facts)),
      watched,
      sequence,
    )
    let from: PathState | null = null
    let day = index
    const rows = steps.map(({ day: on, classes }, i): Row => {
      const to = stateOf(classes)
      const row = {
        'pathway-transition': transitionLabel({ step: i + 1, from, to }),
        'pathway-wait': waitLabel({ step: i + 1, to, band: bandOf(on - day) }),
      }
      from = to
      day = on
      return row
    })
    if (steps.length === sequence.stepsMost) return rows
    const to = watched.isDeath ? DEATH : NO_FURTHER
    return [...rows, { 'pathway-transition': transitionLabel({ step: steps.length + 1, from, to }) }]
  }
}

/** @param classes events of one day as bits */
function stateOf(classes: number): PathState {
  return (classes & (classes - 1)) === 0 ? 31 - Math.clz32(classes) : SEVERAL
}
