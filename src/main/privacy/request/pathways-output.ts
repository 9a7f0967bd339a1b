/**
 * Which event follows which, of all hospitals (docs/spec/privacy.md Q11): a person moves through so many steps at most, at each to an event, to several
 * of one day, or to an end, so they are in one cell of each step. What cannot happen by the question's own words has no cell. Pure.
 */
import {
  askedPathways,
  askedPathwaysText,
  canonicalAskedPathways,
  PATHWAY_BAND_DAYS,
  PATHWAY_CLASSES_MAX,
  readAskedPathways,
  type AskedPathways,
} from '../../../shared/domain/pathways.ts'
import { problemsOfEvent } from '../../../shared/domain/cohort.ts'
import type { Axis } from './axis.ts'

export type PathwaysOutput = AskedPathways & { readonly kind: 'pathways' }

/** An event by its place, or what is none of them: below 0. */
export type PathState = number
/** Several events on one day, which have no order. */
export const SEVERAL: PathState = -1
/** Nobody saw a further event. */
export const NO_FURTHER: PathState = -2
export const DEATH: PathState = -3

/** From what to what at a step, which counts from 1; null: from the index day. */
export type Transition = { readonly step: number; readonly from: PathState | null; readonly to: PathState }
/** A place among the bands: how long after the step before, or the index day, the event of a step came. */
export type Wait = { readonly step: number; readonly to: PathState; readonly band: number }

export const isEvent = (state: PathState): boolean => state >= SEVERAL

/** By step, from what, to what: events in order, several, no further one, death. */
export function transitionsOf(output: PathwaysOutput): readonly Transition[] {
  const events = eventStates(output)
  const steps = Array.from({ length: output.sequence.stepsMost }, (_, i) => i + 1)
  return steps.flatMap((step) =>
    (step === 1 ? [null] : events).flatMap((from) =>
      [...events, NO_FURTHER, DEATH]
        .map((to): Transition => ({ step, from, to }))
        .filter((each) => canHappen(output, each)),
    ),
  )
}

/** Of every step what it may come to, in the order of `transitionsOf`. */
export function placesOf(output: PathwaysOutput): readonly Pick<Transition, 'step' | 'to'>[] {
  const places = new Map(transitionsOf(output).map(({ step, to }) => [`${step} ${to}`, { step, to }]))
  return [...places.values()].sort((a, b) => a.step - b.step || rankOf(a.to) - rankOf(b.to))
}

/** Of every event that a step may come to, from the shortest band on. */
export function waitsOf(output: PathwaysOutput): readonly Wait[] {
  return placesOf(output)
    .filter(({ to }) => isEvent(to))
    .flatMap((place) => [0, ...PATHWAY_BAND_DAYS].map((_, band) => ({ ...place, band })))
}

export function bandOf(days: number): number {
  return PATHWAY_BAND_DAYS.filter((edge) => edge <= days).length
}

export const transitionLabel = ({ step, from, to }: Transition): string => `${step} ${from} ${to}`
export const waitLabel = ({ step, to, band }: Wait): string => `${step} ${to} ${band}`

export function pathwayAxes(output: PathwaysOutput): { readonly transition: Axis; readonly wait: Axis } {
  return {
    transition: {
      variable: 'pathway-transition',
      edges: [],
      labels: transitionsOf(output).map(transitionLabel),
    },
    wait: { variable: 'pathway-wait', edges: [], labels: waitsOf(output).map(waitLabel) },
  }
}

/** What the axes' own rules do not say: the closed grammar of events, each with its codes. */
export function isPathwaysInForm(output: PathwaysOutput): boolean {
  const { kind: _, ...asked } = output
  return (
    askedPathways.safeParse(asked).success &&
    asked.events.every((event) => problemsOfEvent(event, asked.codeSets).length === 0)
  )
}

export const canonicalPathwaysOutput = ({ kind, ...asked }: PathwaysOutput): PathwaysOutput => ({
  kind,
  ...canonicalAskedPathways(asked),
})

export const pathwaysText = ({ kind: _, ...asked }: PathwaysOutput): string => askedPathwaysText(asked)

/** Null for what `pathwaysText` never gives. */
export function pathwaysFromText(text: string): PathwaysOutput | null {
  const asked = readAskedPathways(text)
  return asked === null ? null : { kind: 'pathways', ...asked }
}

function eventStates({ events }: PathwaysOutput): readonly PathState[] {
  const places = events.map((_, place) => place)
  return places.length === 1 ? places : [...places, SEVERAL]
}

/** Where an event counts once, every step takes an event that was not there before, several of a day at least two. */
function canHappen({ events, sequence }: PathwaysOutput, { step, from, to }: Transition): boolean {
  if (sequence.which === 'all') return true
  if (from === to && to !== SEVERAL) return false
  const taken = (from === null ? 0 : step - 2 + eventsIn(from)) + eventsIn(to)
  return taken <= events.length
}

const eventsIn = (state: PathState): number => (state === SEVERAL ? 2 : state < 0 ? 0 : 1)
/** Events come first, then what is none. */
const rankOf = (state: PathState): number => (state < 0 ? PATHWAY_CLASSES_MAX - state : state)
