/** Commands for researchers: running a study, and running it again. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { studyFile, type StudyDocument } from '../../shared/domain/study.ts'
import { utf8Encode } from '../../shared/std/bytes.ts'
import { saveSmallFile } from '../services/files.ts'
import { STUDY_BYTES_MAX } from '../services/studies-service.ts'
import { begun, failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'
import type { Reached } from './reach.ts'
import { readDocument } from './read-document.ts'

export const STUDY_COMMANDS: Readonly<Record<string, Command>> = {
  study: {
    usage:
      'study run --profile DIR [--newest] [--out RESULT.json] [--pin STUDY.json] STUDY.json | study intervals --profile DIR --out FOLDER STUDY.json',
    grammar: {
      options: { profile: 'required', out: 'optional', pin: 'optional' },
      flags: ['newest'],
      rest: [2, 2],
    },
    async run(given, world) {
      const { options, flags, rest } = given
      const [action, file] = rest as [string, string]
      if (action !== 'run' && action !== 'intervals')
        return usage(`“${action}” is nothing that is done to a study`)
      const read = await readDocument(file, studyFile, STUDY_BYTES_MAX)
      if (read.kind === 'unreadable') return failed('unreadable-study', { file, reason: read.reason })
      if (read.kind === 'malformed') return failed('malformed-study', { file, problems: read.problems })
      const study = read.document
      if (action === 'intervals') {
        const folder = options.get('out')
        if (folder === undefined) return usage('--out names the folder of the rows')
        return withProfile(given, world, begun(needPassphrase(world)), ({ ask }) =>
          intervalsInto(resolve(folder), study, file, ask),
        )
      }
      return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
        const ran = await ask.studies.run({ study, at: flags.has('newest') ? 'newest' : 'named' })
        if (ran.kind === 'refused') return failed('malformed-study', { file, problems: ran.problems })
        const { hash, snapshot, engine, result, resultHash, unreadableCount, changes } = ran
        const pinned: StudyDocument = { ...study, snapshot, engine }
        const files: readonly [string | undefined, string][] = [
          [options.get('out'), result],
          [options.get('pin'), `${JSON.stringify(pinned, null, 2)}\n`],
        ]
        for (const [path, text] of files)
          if (path !== undefined && !(await saveSmallFile(resolve(path), utf8Encode(text))))
            return failed('not-writable', { file: path })
        const said = { hash, resultHash, snapshot, engine, unreadableCount, changes }
        return ok(options.has('out') ? said : { ...said, result: JSON.parse(result) as unknown })
      })
    },
  },
}

/** Rows and models for `consilium fit`, and whose numbers they are beside them. */
async function intervalsInto(
  folder: string,
  study: StudyDocument,
  file: string,
  ask: Pick<Reached['ask'], 'studies'>,
): Promise<ReturnType<typeof ok>> {
  const made = await ask.studies.intervals({ study, locale: 'en' })
  if (made.kind === 'refused') return failed('malformed-study', { file, problems: made.problems })
  if (made.kind === 'too-large') return failed('too-large', { bytes: made.bytes, bytesMax: made.bytesMax })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const files = [...made.files, { name: 'mark.txt', content: `${made.mark}\n` }]
  for (const { name, content } of files)
    if (!(await saveSmallFile(join(folder, name), utf8Encode(content))))
      return failed('not-writable', { file: join(folder, name) })
  return ok({ hash: made.hash, files: files.map(({ name }) => name) })
}
