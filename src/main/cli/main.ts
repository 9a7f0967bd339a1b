/**
 * The command line `consilium`. The last line of standard output is one JSON object, everything else goes to standard
 * error. Exit codes: 0 ok, 1 failed, 2 usage, 3 profile in use, 4 passphrase, 5 timeout.
 */
import { realWorld } from '../world.ts'
import { ALL_COMMANDS, OWN_COMMANDS } from './all-commands.ts'
import { EXIT, failed, runCommand, usage, type CommandResult, type CommandWorld } from './commands.ts'
import { failureSentence } from './failure-sentences.ts'
import { allHelp, asksForHelp, helpOf, unknownCommand } from './help.ts'

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
    world.say(rest.length === 1 ? (helpOf(rest[0]!) ?? allHelp()) : allHelp())
    if (name !== undefined) return finish({ exit: EXIT.ok, answer: { ok: true } })
    const missing = 'a command is missing'
    world.say(failureSentence('usage', missing))
    return finish(usage(missing))
  }
  if (name === '--version') return finish({ exit: EXIT.ok, answer: { node: process.versions.node } })
  const help = asksForHelp(rest) ? helpOf(name) : null
  if (help !== null) {
    world.say(help)
    return finish({ exit: EXIT.ok, answer: { ok: true } })
  }
  const own = Object.hasOwn(OWN_COMMANDS, name) ? OWN_COMMANDS[name] : undefined
  if (own !== undefined) return own.run(rest)
  const command = Object.hasOwn(ALL_COMMANDS, name) ? ALL_COMMANDS[name] : undefined
  if (command === undefined) {
    world.say(unknownCommand(name))
    return finish(usage(`unknown command ${name}`))
  }
  return finish(await runCommand(command, rest, world))
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
    process.stderr.write(`${failureSentence('internal')}\n`)
    process.exitCode = finish(failed('internal'))
  },
)
