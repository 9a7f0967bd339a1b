/**
 * The command line `consilium`. The last line of standard output is one JSON object, everything else goes to standard
 * error. Exit codes: 0 ok, 1 failed, 2 usage, 3 profile in use, 4 passphrase, 5 timeout.
 */
import {
  COMMANDS,
  EXIT,
  failed,
  runCommand,
  usage,
  type Command,
  type CommandResult,
  type CommandWorld,
} from './commands.ts'
import { realWorld } from '../world.ts'
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
const OWN_COMMANDS: Readonly<Record<string, { usage: string; run: (argv: string[]) => Promise<number> }>> = {
  generate: {
    usage: 'generate --patients N --seed S --format csv|fhir|ndjson|hl7v2 --out DIR [--clean]',
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

const commands: Readonly<Record<string, Command>> = {
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

async function main(argv: readonly string[]): Promise<number> {
  const world: CommandWorld = {
    profileWorld: realWorld(),
    env: process.env,
    stdin: process.stdin,
    stderr: process.stderr,
    say: (line) => void process.stderr.write(`${line}\n`),
  }
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === 'help') {
    world.say(`usage:\n${allUsages()}`)
    return finish(
      name === undefined ? usage('a command is missing') : { exit: EXIT.ok, answer: { ok: true } },
    )
  }
  if (name === '--version') return finish({ exit: EXIT.ok, answer: { node: process.versions.node } })
  const own = Object.hasOwn(OWN_COMMANDS, name) ? OWN_COMMANDS[name] : undefined
  if (own !== undefined) return own.run(rest)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    world.say(`usage:\n${allUsages()}`)
    return finish(usage(`unknown command ${name}`))
  }
  return finish(await runCommand(command, rest, world))
}

function allUsages(): string {
  const all = [...Object.values(commands), ...Object.values(OWN_COMMANDS)]
  return all.map((each) => `  consilium ${each.usage}`).join('\n')
}

function finish({ exit, answer }: CommandResult): number {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
  return exit
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    // A bug: its trace for whoever mends it, and still one JSON line for whoever called.
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exitCode = finish(failed('internal'))
  },
)
