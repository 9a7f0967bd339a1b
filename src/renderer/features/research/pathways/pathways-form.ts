/** What the form does to a definition of pathways: a new one, its names, further and fewer events. Pure. */
import {
  PATHWAY_CLASSES_MAX,
  type EventClass,
  type PathwaysDefinition,
  type TrajectoryClock,
} from '../../../../shared/domain/pathways.ts'

/** It can be asked as it is: outpatients who come to the emergency department, and who are admitted. */
export const newPathways = (): PathwaysDefinition => ({
  schema: 'pathways/1',
  title: '',
  codeSets: {},
  classes: [
    { name: '', event: { kind: 'visit', classes: ['EMER'] } },
    { name: '', event: { kind: 'visit', classes: ['IMP'] } },
  ],
  watch: { left: null, atMostDays: null, until: null },
  sequence: { which: 'all', collapseDays: 30, stepsMost: 3 },
  wait: { from: null, to: 1 },
  trajectory: { test: 'hba1c', clock: newClock('index') },
  exemplars: { count: 3, seed: '1' },
})

export function newClock(kind: TrajectoryClock['kind']): TrajectoryClock {
  switch (kind) {
    case 'index':
      return { kind, from: 0, to: 1824, each: 182 }
    case 'age':
      return { kind, from: 30, to: 89, each: 5 }
    case 'calendar':
      return { kind, from: 2010, to: 2025, each: 12 }
  }
}

/** As it is asked and kept: an event without a name is called what it is. */
export function namedPathways(
  definition: PathwaysDefinition,
  names: { readonly title: string; event(event: EventClass['event']): string },
): PathwaysDefinition {
  return {
    ...definition,
    title: definition.title === '' ? names.title : definition.title,
    classes: definition.classes.map((each) =>
      each.name === '' ? { ...each, name: names.event(each.event).slice(0, 60) } : each,
    ),
  }
}

export function withNewClass(definition: PathwaysDefinition): PathwaysDefinition {
  if (definition.classes.length >= PATHWAY_CLASSES_MAX) return definition
  return { ...definition, classes: [...definition.classes, { name: '', event: { kind: 'visit' } }] }
}

/** A wait that names events after the removed one goes on naming them; one that names it is asked no more. */
export function withoutClass(definition: PathwaysDefinition, place: number): PathwaysDefinition {
  const { classes, wait } = definition
  const moved = (at: number): number => (at > place ? at - 1 : at)
  const isGone = wait !== null && (wait.from === place || wait.to === place)
  return {
    ...definition,
    classes: classes.toSpliced(place, 1),
    wait:
      wait === null || isGone
        ? null
        : { from: wait.from === null ? null : moved(wait.from), to: moved(wait.to) },
  }
}
