/** What `--help` says: how each command is written and what it is for; and the name that somebody probably meant. */
import { ALL_COMMANDS, OWN_COMMANDS } from './all-commands.ts'

export const PURPOSES: Readonly<Record<string, string>> = {
  found: 'Found an institution’s folder with its own chain.',
  import: 'Take in visits from files or folders (FHIR, HL7 v2, tables).',
  verify: 'Verify the whole chain of a folder.',
  status: 'Say where a node stands: its chain, its blocks, what waits.',
  export: 'Write the records out as FHIR or NDJSON.',
  node: 'Run the node of a folder until it is told to end.',
  request: 'Write an institution’s request to become a member.',
  join: 'Look at an invitation, or join a consortium with it.',
  cofound: 'Found a consortium together: draft, look at, sign and open its founding document.',
  listen: 'Say where the node listens and which addresses it announces.',
  members: 'List the members of the consortium.',
  proposals: 'List the proposals and who voted for them.',
  invite: 'Write an invitation for whoever made a request.',
  propose: 'Propose a change of members, keys or rules, or weigh what it would mean.',
  'change-keys': 'Change this institution’s keys, as planned or because they were stolen.',
  approve: 'Vote for or against a proposal.',
  prove: 'Prove that an institution is ready to vote.',
  contradiction: 'Say whether two certificates for one height were seen, and save them as evidence.',
  'check-contradiction': 'Check such evidence with nothing else.',
  backup: 'Make a backup of a folder, and check that it can be restored.',
  restore: 'Make a folder from a backup.',
  people: 'List, add and change the people who have accounts.',
  audit: 'Verify, list or export the record of accesses.',
  codes: 'Take a list of codes into the hospital’s own.',
  imports: 'List the imports of this folder.',
  'resume-import': 'Go on with an import that was interrupted.',
  'undo-import': 'Withdraw what an import brought.',
  manifest: 'Write the signed list of what an import brought.',
  'verify-manifest': 'Check such a list.',
  'prove-field': 'Write the proof that one field stands in a block.',
  'check-proof': 'Check such a proof with nothing else.',
  review: 'Check a study package, and the claims of a paper against it.',
  cohort: 'Count a cohort among the hospital’s own records.',
  catalog: 'List what may be asked of the hospitals together.',
  budget: 'Say how much of the privacy budget is left.',
  study: 'Run, simulate or submit a study, and fetch its result.',
  'work-places': 'List, pair and remove the work places of a node.',
  shares: 'Divide the recovery key among people, and combine it again.',
  'check-update': 'Check, before it is installed, that a package was released by the owners and is newer.',
  demo: 'Make a demonstration consortium of made-up patients.',
  generate: 'Write files of made-up patients.',
  fit: 'Fit a model to a table.',
  'paper-comparison': 'Compare seven ways of taking covariates that change, on simulated cohorts.',
}

const usageOf = (name: string): string | null =>
  Object.hasOwn(ALL_COMMANDS, name)
    ? ALL_COMMANDS[name]!.usage
    : Object.hasOwn(OWN_COMMANDS, name)
      ? OWN_COMMANDS[name]!.usage
      : null

export const commandNames = (): string[] => [...Object.keys(ALL_COMMANDS), ...Object.keys(OWN_COMMANDS)]

/** Before `--`, after which a word is an argument. */
export const asksForHelp = (argv: readonly string[]): boolean =>
  argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined).includes('--help')

/** Null for what is no command. */
export function helpOf(name: string): string | null {
  const usage = usageOf(name)
  return usage === null ? null : `${PURPOSES[name]}\nusage: ${waysOf(name, usage).join('\n       ')}`
}

/** Each way to write it on a line of its own. */
const waysOf = (name: string, usage: string): string[] =>
  usage.split(/ \| (?=\S+ )/).map((way) => (way.startsWith(`${name} `) ? `consilium ${way}` : `  … ${way}`))

export function allHelp(): string {
  const lines = commandNames().map(
    (name) => `  ${waysOf(name, usageOf(name)!).join('\n  ')}\n      ${PURPOSES[name]}`,
  )
  return `usage:\n${lines.join('\n')}\n\`consilium COMMAND --help\` says this of one command.`
}

export function unknownCommand(name: string): string {
  const near = nearestCommand(name)
  const meant = near === null ? '' : ` Did you mean \`consilium ${near}\`?`
  return `There is no command “${name}”. Nothing was done.${meant} \`consilium --help\` lists all commands.`
}

/** The name that a slip of the fingers away, or of which this is a part; null where none is near. */
export function nearestCommand(typed: string): string | null {
  const ranked = commandNames()
    .map((name) => ({ name, far: distance(typed.toLowerCase(), name) }))
    .sort((a, b) => a.far - b.far)
  const { name, far } = ranked[0]!
  if (far <= Math.max(1, Math.floor(name.length / 3))) return name
  const part =
    typed.length < 3 ? undefined : commandNames().find((each) => each.includes(typed.toLowerCase()))
  return part ?? null
}

/** Levenshtein's: letters to change, add or take away. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= Math.min(a.length, 64); i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    above = row
  }
  return above[b.length]!
}
