/**
 * What the simulation of the built-in study is run on (docs/spec/statistics.md S9): people without names, made by a rule, to see how each
 * way of taking covariates that change finds effects that are known.
 */
import { z } from 'zod'

/** Least and most of each number; they keep one run below a day on one thread: subjects × exams × scenarios × replicates. */
export const PAPER_BOUNDS = {
  subjects: [50, 20_000],
  exams: [2, 40],
  gapYears: [0.25, 10],
  effect: [-3, 3],
  shapes: [0.2, 5],
  eventRates: [0.01, 0.99],
  replicates: [2, 2_000],
} as const satisfies Readonly<Record<string, readonly [number, number]>>

const whole = ([least, most]: readonly [number, number]) => z.int().min(least).max(most)
const number = ([least, most]: readonly [number, number]) => z.number().min(least).max(most)
const effect = number(PAPER_BOUNDS.effect)

export const paperDesign = z.object({
  subjects: whole(PAPER_BOUNDS.subjects),
  /** Examinations of each, and years between them. */
  exams: whole(PAPER_BOUNDS.exams),
  gapYears: number(PAPER_BOUNDS.gapYears),
  /** Log hazard ratios: of men, of each year of age, of each unit of the marker. */
  effects: z.object({ sex: effect, age: effect, marker: effect }),
  /** Shapes of the Weibull baseline hazard (1: constant), and shares of subjects with an event by the end; a scenario is one of each. */
  shapes: z.array(number(PAPER_BOUNDS.shapes)).min(1).max(5),
  eventRates: z.array(number(PAPER_BOUNDS.eventRates)).min(1).max(5),
  /** Cohorts that are made of each scenario. */
  replicates: whole(PAPER_BOUNDS.replicates),
  seed: z.string().regex(/^[\x21-\x7e]{1,64}$/),
})
export type PaperDesign = z.infer<typeof paperDesign>

/** As the acceptance of the built-in study has it, with fewer replicates: a few minutes. */
export const USUAL_PAPER_DESIGN: PaperDesign = {
  subjects: 1_000,
  exams: 10,
  gapYears: 2,
  effects: { sex: -0.5, age: 0.05, marker: 0.4 },
  shapes: [1, 1.5],
  eventRates: [0.1, 0.5, 0.9],
  replicates: 100,
  seed: '1',
}
