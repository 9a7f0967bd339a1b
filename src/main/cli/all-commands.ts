/** Every command of `consilium` by its name. */
import { COMMANDS, type Command } from './commands.ts'
import { BACKUP_COMMANDS } from './backup-commands.ts'
import { CODES_COMMANDS } from './codes-commands.ts'
import { demo } from './demo.ts'
import { IMPORT_COMMANDS } from './import-commands.ts'
import { CONTRADICTION_COMMANDS } from './contradiction-commands.ts'
import { MEMBERSHIP_COMMANDS } from './membership-commands.ts'
import { COHORT_COMMANDS } from './cohort-commands.ts'
import { REQUEST_COMMANDS } from './request-commands.ts'
import { STUDY_COMMANDS } from './study-commands.ts'
import { PROOF_COMMANDS } from './proof-commands.ts'
import { REVIEW_COMMANDS } from './review-commands.ts'
import { SHARES_COMMANDS } from './shares-commands.ts'
import { AUDIT_COMMANDS } from './audit-commands.ts'
import { PEOPLE_COMMANDS } from './people-commands.ts'
import { runNode } from './run-node.ts'
import { updateCommands } from './update-commands.ts'
import { WORK_PLACE_COMMANDS } from './work-place-commands.ts'

/** Commands that print their own last line and answer the exit code. */
export const OWN_COMMANDS: Readonly<
  Record<string, { usage: string; run: (argv: string[]) => Promise<number> }>
> = {
  generate: {
    usage:
      'generate --patients N --seed S --format csv|fhir|ndjson|hl7v2 --out DIR [--clean] [--habits] [--from K]',
    run: async (argv) => (await import('./generate.ts')).runGenerate(argv),
  },
  fit: {
    usage: 'fit --data FILE.csv --model MODEL.json',
    run: async (argv) => (await import('./fit.ts')).runFit(argv),
  },
  'paper-comparison': {
    usage: 'paper-comparison [--replicates N] [--seed S] [--design DESIGN.json] [--table]',
    run: async (argv) => (await import('./paper-comparison.ts')).runPaperComparison(argv),
  },
}

/** All others by name. */
export const ALL_COMMANDS: Readonly<Record<string, Command>> = {
  ...COMMANDS,
  node: runNode,
  ...MEMBERSHIP_COMMANDS,
  ...CONTRADICTION_COMMANDS,
  ...BACKUP_COMMANDS,
  ...PEOPLE_COMMANDS,
  ...AUDIT_COMMANDS,
  ...CODES_COMMANDS,
  ...IMPORT_COMMANDS,
  ...PROOF_COMMANDS,
  ...REVIEW_COMMANDS,
  ...COHORT_COMMANDS,
  ...REQUEST_COMMANDS,
  ...STUDY_COMMANDS,
  ...WORK_PLACE_COMMANDS,
  ...SHARES_COMMANDS,
  ...updateCommands(),
  demo,
}
