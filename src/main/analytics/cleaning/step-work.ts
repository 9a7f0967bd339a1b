/**
 * What a step of cleaning has to offer so that persons can come some at a time: a look at all of them where it must know all
 * before it changes one, and then changes, once with a report and as often again as somebody needs the same persons. Pure.
 */
import type { CleanPerson } from './cleaned.ts'
import type { HandedOn, StepFinding } from './clean.ts'
import type { Editor } from './editor.ts'

/** Persons on their way through the steps, each with its place among all that are left at that step. */
export interface Flow {
  readonly persons: readonly CleanPerson[]
  readonly places: readonly number[]
}

/** Which persons become one: the place of each afterwards, and the other way round in order of the places before. */
export interface Joining {
  /** By the place before. */
  readonly placeAfter: Int32Array
  /** Members of place p afterwards: `members[starts[p]]` up to `members[starts[p + 1]]`, without it. */
  readonly starts: Int32Array
  readonly members: Int32Array
}

export interface Look {
  /** Sources of visits tell enough, in any order: the look needs neither other tables nor the work of earlier steps. */
  readonly isOfVisits: boolean
  add(persons: readonly CleanPerson[]): void
  /** When all were added. Null where everybody stays who they are. */
  end(): Joining | null
}

export interface Turn {
  change(flow: Flow): Flow
  /** When all were changed. */
  finding(): StepFinding
  handedOn(): Partial<HandedOn>
}

export interface StepWork {
  readonly look: Look | null
  /** Nothing is changed: who needs the persons again need not ask it. */
  readonly isReadOnly: boolean
  begin(editor: Editor): Turn
}

const NO_FINDING: StepFinding = { kind: 'none' }

/** A step that looks at one person at a time. */
export function personByPerson(
  change: (persons: readonly CleanPerson[], editor: Editor) => readonly CleanPerson[],
  look: Look | null = null,
): StepWork {
  return {
    look,
    isReadOnly: false,
    begin: (editor) => ({
      change: ({ persons, places }) => ({ persons: change(persons, editor), places }),
      finding: () => NO_FINDING,
      handedOn: () => ({}),
    }),
  }
}

/** A step that finds something out and changes nothing. */
export function readOnly(
  begin: () => {
    add(persons: readonly CleanPerson[]): void
    finding(): StepFinding
    handedOn?(): Partial<HandedOn>
  },
): StepWork {
  return {
    look: null,
    isReadOnly: true,
    begin() {
      const reader = begin()
      return {
        change(flow) {
          reader.add(flow.persons)
          return flow
        },
        finding: () => reader.finding(),
        handedOn: () => reader.handedOn?.() ?? {},
      }
    },
  }
}
