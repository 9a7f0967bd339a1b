/** Reading a command line: options with values, flags, and the rest in order. */

export interface Arguments {
  readonly options: ReadonlyMap<string, string>
  readonly flags: ReadonlySet<string>
  readonly rest: readonly string[]
}

export type ReadArguments = { kind: 'ok'; arguments: Arguments } | { kind: 'usage'; problem: string }

export interface Grammar {
  /** Options that take a value, and whether they must be there. */
  readonly options?: Readonly<Record<string, 'required' | 'optional'>>
  readonly flags?: readonly string[]
  /** Least and greatest number of plain arguments. */
  readonly rest?: readonly [least: number, greatest: number]
}

/** `--name value`, `--name=value`, `--flag`, and `--` before arguments that begin with a dash. */
export function readArguments(argv: readonly string[], grammar: Grammar): ReadArguments {
  const known = grammar.options ?? {}
  const options = new Map<string, string>()
  const flags = new Set<string>()
  const rest: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') {
      rest.push(...argv.slice(i + 1))
      break
    }
    if (!word.startsWith('--')) {
      if (word.startsWith('-') && word !== '-') return usage(`unknown option ${word}`)
      rest.push(word)
      continue
    }
    const equals = word.indexOf('=')
    const name = word.slice(2, equals < 0 ? undefined : equals)
    if (Object.hasOwn(known, name)) {
      const value = equals < 0 ? argv[++i] : word.slice(equals + 1)
      if (value === undefined || value === '') return usage(`--${name} needs a value`)
      if (options.has(name)) return usage(`--${name} was given twice`)
      options.set(name, value)
    } else if (grammar.flags?.includes(name) === true && equals < 0) flags.add(name)
    else return usage(`unknown option --${name}`)
  }
  for (const [name, need] of Object.entries(known))
    if (need === 'required' && !options.has(name)) return usage(`--${name} is missing`)
  const [least, greatest] = grammar.rest ?? [0, 0]
  if (rest.length < least) return usage('an argument is missing')
  if (rest.length > greatest) return usage(`unexpected argument ${rest[greatest]!}`)
  return { kind: 'ok', arguments: { options, flags, rest } }
}

function usage(problem: string): ReadArguments {
  return { kind: 'usage', problem }
}
