/** What a program looks at before it asks all hospitals: the catalogue and what the limits leave (docs/spec/program-interface.md). */
import type { Catalog, CatalogVariable } from '../../shared/contract/requests.ts'
import { PURPOSES } from '../../shared/domain/purposes.ts'
import {
  levelsEn,
  levelsZhHant,
  variablesEn,
  variablesZhHant,
  type VariableWords,
} from '../../shared/domain/variable-words.ts'
import { begun, failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'

interface Words {
  readonly variables: Readonly<Record<string, VariableWords>>
  readonly levels: Readonly<Record<string, string>>
}
const WORDS: Readonly<Record<string, Words>> = {
  en: { variables: variablesEn, levels: levelsEn },
  'zh-Hant': { variables: variablesZhHant, levels: levelsZhHant },
}

export const REQUEST_COMMANDS: Readonly<Record<string, Command>> = {
  catalog: {
    usage: 'catalog --profile DIR [--language en|zh-Hant]',
    grammar: { options: { profile: 'required', language: 'optional' } },
    async run(given, world) {
      const language = given.options.get('language') ?? 'en'
      const words = Object.hasOwn(WORDS, language) ? WORDS[language] : undefined
      if (words === undefined) return usage('--language is en or zh-Hant')
      return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
        const catalog = await ask.requests.catalog()
        const variables = catalog.variables.map((variable) => told(variable, words))
        return ok({ ...catalog, variables, purposes: PURPOSES })
      })
    },
  },

  budget: {
    usage: 'budget --profile DIR [--snapshot HASH] [--published]',
    grammar: { options: { profile: 'required', snapshot: 'optional' }, flags: ['published'] },
    async run(given, world) {
      const named = given.options.get('snapshot') ?? null
      if (named !== null && !/^[0-9a-f]{64}$/.test(named)) return usage('--snapshot is a hash of 64 digits')
      return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
        const snapshot = snapshotIn(await ask.requests.catalog(), named)
        if (snapshot === null) return noSnapshot(named)
        const isPublished = given.flags.has('published')
        const budget = await ask.requests.budget({ snapshot, isPublished })
        return budget === null ? noSnapshot(snapshot) : ok({ snapshot, ...budget })
      })
    },
  },
}

/** The named one where it is declared, else null; without a name the newest. */
export function snapshotIn({ snapshots }: Catalog, named: string | null): string | null {
  const found = named === null ? snapshots[0] : snapshots.find(({ hash }) => hash === named)
  return found?.hash ?? null
}

export function noSnapshot(named: string | null) {
  return named === null
    ? failed('no-snapshot', {
        cause: 'the hospitals have declared no state of the chain that may be asked about',
      })
    : failed('unknown-snapshot', {
        snapshot: named,
        cause: 'no snapshot of this chain has that hash; nothing was charged',
      })
}

function told(variable: CatalogVariable, { variables, levels }: Words) {
  const { name: title, meaning, unit } = variables[variable.name]!
  const { name } = variable
  if (variable.kind === 'label')
    return {
      name,
      kind: variable.kind,
      title,
      meaning,
      unit: null,
      levels: variable.levels.map((level) => ({ name: level, meaning: levels[`${name}/${level}`] ?? level })),
    }
  const { kind, least, greatest, step } = variable
  // Limits, steps and edges are whole numbers in the unit of the name; the words have the unit that people read.
  return {
    name,
    kind,
    title,
    meaning,
    unit: name.endsWith('-tenths') ? `0.1 ${unit}` : unit,
    least,
    greatest,
    step,
  }
}
