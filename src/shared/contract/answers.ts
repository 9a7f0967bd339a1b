/** Answers to requests as a screen shows them: numbers with their intervals, noise included. No service of its own. */
import { z } from 'zod'
import { byRuleAnswer } from '../domain/by-rule-answer.ts'

/** The exact number lies within ± `halfWidth` in 19 of 20 draws of the noise. */
const whole = z.object({ value: z.number(), halfWidth: z.number() })
/** With its 95 % interval: chance of the sample and noise together. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() })

/** Counts of people by the names of their cells, the last axis running fastest; null where too few, which is below `shownFrom` with noise. */
export const labelledTable = z.object({
  name: z.string(),
  axes: z.array(z.array(z.string())),
  cells: z.array(z.number().nullable()),
  halfWidth: z.number(),
  shownFrom: z.number(),
})
export type LabelledTable = z.infer<typeof labelledTable>

export const noisyAnswer = z.discriminatedUnion('kind', [
  /** Too few, beyond doubt or perhaps. It was charged, and stays so. */
  z.object({ kind: z.literal('withheld') }),
  z.object({ kind: z.literal('count'), count: whole }),
  z.object({
    kind: z.literal('table'),
    /** The last axis runs fastest; null where a cell does not certainly stand for enough patients. */
    cells: z.array(z.number().nullable()),
    halfWidth: z.number(),
    margins: z.array(z.array(whole)),
    total: whole,
  }),
  z.object({ kind: z.literal('mean'), mean: estimate, count: whole }),
  z.object({ kind: z.literal('quantiles'), quantiles: z.array(estimate.nullable()), count: whole }),
  z.object({
    kind: z.literal('curves'),
    curves: z.array(
      z.object({
        level: z.int().nullable(),
        steps: z.array(z.object({ untilDay: z.number(), survival: estimate, atRisk: z.number() })),
      }),
    ),
  }),
  z.object({
    kind: z.literal('effects'),
    effects: z.array(z.object({ variable: z.string(), level: z.int(), logRatio: estimate })),
    count: whole,
  }),
  /** Cells of each table of a monitoring request; null where too few. */
  /** By bands of a score; expected in thousandths of a claim, or in minor units. */
  z.object({
    kind: z.literal('lift'),
    bands: z.array(
      z.object({
        level: z.int(),
        patients: z.number(),
        exposureDays: z.number(),
        observed: z.number(),
        expected: z.number(),
        ratio: estimate.nullable(),
      }),
    ),
    ratio: estimate.nullable(),
    unscored: whole.nullable(),
  }),
  z.object({ kind: z.literal('monitor'), tables: z.array(z.array(z.number().nullable())) }),
  z.object({ kind: z.literal('tables'), tables: z.array(labelledTable) }),
  /**
   * Persons by what happened at each step, what followed what and how long it took; steps count from 1, `from` null is the index day, an event is its place
   * in the question, -1 several on one day, -2 no further one, -3 death. What is not listed is too few to tell.
   */
  z.object({
    kind: z.literal('pathways'),
    total: whole,
    places: z.array(z.object({ step: z.int(), state: z.int(), count: whole })),
    transitions: z.array(z.object({ step: z.int(), from: z.int().nullable(), to: z.int(), count: whole })),
    waits: z.array(z.object({ step: z.int(), to: z.int(), band: z.int(), count: whole })),
  }),
])
export type NoisyAnswer = z.infer<typeof noisyAnswer>

export const answerView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('noise'), answer: noisyAnswer }),
  z.object({ kind: z.literal('rule'), answer: byRuleAnswer }),
  /** That it is refused, and nothing else. */
  z.object({ kind: z.literal('refused') }),
])
export type AnswerView = z.infer<typeof answerView>
