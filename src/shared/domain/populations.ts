/** Whom the generator makes up: everybody who comes to hospitals, or a clinic's patients with the errors of real files. */
export const POPULATIONS = ['everybody', 'diabetes-clinic'] as const
export type Population = (typeof POPULATIONS)[number]

/** The clinic is the same for everybody, so that what the tutorial says of it holds: enough patients for 300 events. */
export const CLINIC = { patients: 2_000, seed: 'diabetes-clinic-1' } as const
