/**
 * What the simulation of the built-in study is run on (docs/spec/statistics.md S9): people without names, made by a rule, to see how each
 * way of taking covariates that change finds effects that are known.
 */
import { z } from 'zod'

const effect = z.number().min(-3).max(3)

/** Bounds keep one run below a day on one thread: subjects × exams × scenarios × replicates. */
export const paperDesign = z.object({
  subjects: z.int().min(50).max(20_000),
  /** Examinations of each, and years between them. */
  exams: z.int().min(2).max(40),
  gapYears: z.number().min(0.25).max(10),
  /** Log hazard ratios: of men, of each year of age, of each unit of the marker. */
  effects: z.object({ sex: effect, age: effect, marker: effect }),
  /** Shapes of the Weibull baseline hazard (1: constant), and shares of subjects with an event by the end; a scenario is one of each. */
  shapes: z.array(z.number().min(0.2).max(5)).min(1).max(5),
  eventRates: z.array(z.number().min(0.01).max(0.99)).min(1).max(5),
  /** Cohorts that are made of each scenario. */
  replicates: z.int().min(2).max(2_000),
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
