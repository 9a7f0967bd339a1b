/** `consilium codes`: the lists in use, and importing one from a file, with or without keeping it. */
import { resolve } from 'node:path'
import { codeListName, type CodeListName } from '../../shared/contract/codes.ts'
import { parseDay } from '../../shared/domain/dates.ts'
import { failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'

const USAGE =
  'codes list --profile DIR\n' +
  '  consilium codes import --profile DIR --list diagnosis|procedure|medicine|department [--edition NAME] [--system URI]\n' +
  '                  [--from YYYY-MM-DD] [--dry-run] FILE      CSV, TSV (also .gz), XLSX or a FHIR CodeSystem'

const MALFORMED_IN_LINE = 20

export const CODES_COMMANDS: Readonly<Record<string, Command>> = {
  codes: {
    usage: USAGE,
    grammar: {
      options: {
        profile: 'required',
        list: 'optional',
        edition: 'optional',
        system: 'optional',
        from: 'optional',
      },
      flags: ['dry-run'],
      rest: [1, 2],
    },
    async run(given, world) {
      const { options, flags, rest } = given
      const [verb, file] = rest
      if (verb === 'list' && file === undefined)
        return withProfile(given, world, needPassphrase(world), async ({ ask }) =>
          ok({ lists: await ask.codes.lists() }),
        )
      if (verb !== 'import' || file === undefined) return usage(`usage: consilium ${USAGE}`)
      const list = codeListName.safeParse(options.get('list'))
      if (!list.success) return usage('--list is diagnosis, procedure, medicine or department')
      const from = options.get('from')
      if (from !== undefined && parseDay(from) === null) return usage('--from is a day, YYYY-MM-DD')
      return withProfile(given, world, needPassphrase(world), async ({ ask }) => {
        const answer = await ask.codes.previewFile({
          list: list.data,
          path: resolve(file),
          ...(options.has('system') ? { system: options.get('system')! } : {}),
        })
        if (answer.kind === 'columns') return failed('columns-unknown', { headings: answer.headings })
        if (answer.kind !== 'preview') return failed(answer.kind === 'refused' ? answer.reason : 'cancelled')
        const { path, columns, system, hash, codeCount, added, changed, removed, malformedCount, malformed } =
          answer.preview
        const edition = options.get('edition') ?? answer.preview.edition
        const said = {
          list: list.data satisfies CodeListName,
          hash,
          edition,
          system,
          columns,
          codes: codeCount,
          added,
          changed,
          removed,
          malformedCount,
          malformed: malformed.slice(0, MALFORMED_IN_LINE),
        }
        if (flags.has('dry-run')) return ok({ ...said, isKept: false })
        if (codeCount === 0) return failed('no-codes', said)
        const kept = await ask.codes.importFile({
          list: list.data,
          path,
          columns,
          edition,
          system,
          ...(from === undefined ? {} : { from }),
          hash,
        })
        switch (kept.kind) {
          case 'imported':
            return ok({ ...said, isKept: true })
          case 'changed':
            return failed('changed')
          case 'refused':
            return failed(kept.reason)
        }
      })
    },
  },
}
