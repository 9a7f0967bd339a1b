/** Whom the generator makes up: everybody who comes to hospitals, or a clinic's patients with the errors of real files. */
export const POPULATIONS = ['everybody', 'diabetes-clinic'] as const
export type Population = (typeof POPULATIONS)[number]

/**
 * From how many patients of the demonstration on each has something to do: of fewer the hospitals declare no snapshot or the gateways let
 * nothing out, as they are to. An insurer’s table is cut by groups, months and age bands, so that it needs more than a question (measured; docs/spec/privacy.md).
 */
export const DEMONSTRATION_LEAST = {
  /** Questions to all hospitals, checks of what would leave, reviews. */
  questions: 200,
  /** Groups, pricing and tariffs: of fewer the whole monitoring table is withheld. */
  insurer: 500,
  /** Half of the insured are with two further insurers from here on. */
  benchmark: 4_000,
} as const

/** The clinic is the same for everybody, so that what the tutorial says of it holds: enough patients for 300 events. */
export const CLINIC = { patients: 2_000, seed: 'diabetes-clinic-1' } as const
