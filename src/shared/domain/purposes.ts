/** What answers are for (rule R12); nothing else may be asked for, whoever asks. */
export const PURPOSES = [
  'research',
  'public-health',
  'quality',
  'group-pricing',
  'group-monitoring',
  'teaching',
] as const
export type AllowedPurpose = (typeof PURPOSES)[number]
