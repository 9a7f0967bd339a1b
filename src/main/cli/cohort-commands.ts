/** Commands for researchers: counting who a question means. */
import { cohortDefinition } from '../../shared/domain/cohort.ts'
import { begun, failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'
import { readDocument } from './read-document.ts'
import { twinWords } from './twin-words.ts'

/** No honest definition is longer: the longest code sets have thousands of codes. */
const DEFINITION_BYTES_MAX = 4 << 20

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
      const read = await readDocument(rest[0]!, cohortDefinition, DEFINITION_BYTES_MAX)
      if (read.kind === 'unreadable')
        return failed('unreadable-cohort', { file: rest[0], reason: read.reason })
      if (read.kind === 'malformed')
        return failed('malformed-cohort', { file: rest[0], problems: read.problems })
      return withProfile(given, world, begun(needPassphrase(world)), async (reached) => {
        const counted = await reached.ask.cohorts.count({
          definition: read.document,
          ...(upTo === undefined ? {} : { upTo }),
        })
        if (counted.kind === 'refused') return failed('malformed-cohort', { problems: counted.problems })
        const { hash, isTwin, snapshot, attrition, looksAhead } = counted
        return ok({ ...twinWords(isTwin, hash), hash, ...snapshot, ...attrition, looksAhead })
      })
    },
  },
}
