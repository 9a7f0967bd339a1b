/** Commands for researchers: counting who a question means. */
import type { z } from 'zod'
import { cohortDefinition } from '../../shared/domain/cohort.ts'
import { utf8Decode } from '../../shared/std/bytes.ts'
import { readSmallFile } from '../services/files.ts'
import { begun, failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'

export const COHORT_COMMANDS: Readonly<Record<string, Command>> = {
  cohort: {
    usage: 'cohort --profile DIR [--block NUMBER] FILE.json',
    grammar: { options: { profile: 'required', block: 'optional' }, rest: [1, 1] },
    async run(given, world) {
      const { options, rest } = given
      const block = options.get('block')
      const upTo = block === undefined ? undefined : Number(block)
      if (upTo !== undefined && (!Number.isSafeInteger(upTo) || upTo < -1))
        return usage('--block is the number of a block')
      const read = await readDefinition(rest[0]!)
      if (read.kind === 'unreadable')
        return failed('unreadable-cohort', { file: rest[0], reason: read.reason })
      if (read.kind === 'malformed')
        return failed('malformed-cohort', { file: rest[0], problems: read.problems })
      return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const counted = await reached.ask.cohorts.count({
          definition: read.definition,
          ...(upTo === undefined ? {} : { upTo }),
        })
        if (counted.kind === 'refused') return failed('malformed-cohort', { problems: counted.problems })
        const { hash, snapshot, attrition, looksAhead } = counted
        return ok({ hash, ...snapshot, ...attrition, looksAhead })
      })
    },
  },
}

type Read =
  | { kind: 'definition'; definition: z.output<typeof cohortDefinition> }
  | { kind: 'unreadable'; reason: string }
  | { kind: 'malformed'; problems: { path: string; message: string }[] }

/** No honest definition is longer: the longest code sets have thousands of codes. */
const DEFINITION_BYTES_MAX = 4 << 20

async function readDefinition(path: string): Promise<Read> {
  const bytes = await readSmallFile(path, DEFINITION_BYTES_MAX)
  if (bytes === null) return { kind: 'unreadable', reason: 'missing-or-too-large' }
  let parsed: unknown
  try {
    parsed = JSON.parse(utf8Decode(bytes))
  } catch {
    return { kind: 'unreadable', reason: 'not-json' }
  }
  const definition = cohortDefinition.safeParse(parsed)
  if (definition.success) return { kind: 'definition', definition: definition.data }
  const problems = definition.error.issues.map(({ path: at, message }) => ({
    path: at.map(String).join('.'),
    message,
  }))
  return { kind: 'malformed', problems }
}
