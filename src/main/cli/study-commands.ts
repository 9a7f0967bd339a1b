/** Commands for researchers: running a study on one's own records or the synthetic twin, its rows, and asking all hospitals. */
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { studyFile, type StudyDocument } from '../../shared/domain/study.ts'
import type { StudyRunAnswer } from '../../shared/contract/studies.ts'
import { utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { STUDY_BYTES_MAX } from '../services/studies-service.ts'
import type { Arguments } from './arguments.ts'
import { begun, failed, needPassphrase, ok, usage, withProfile, type Command } from './commands.ts'
import { readDocument } from './read-document.ts'
import { saveFiles, type StudyAction } from './study-actions.ts'
import { REQUEST_ACTIONS } from './study-request.ts'
import { twinWords } from './twin-words.ts'

const run: StudyAction = {
  usage: 'study run --profile DIR [--newest] [--out RESULT.json] [--pin STUDY.json] STUDY.json',
  options: ['out', 'pin'],
  flags: ['newest'],
  rest: [1, 1],
  async run(given, world) {
    const { options, flags } = given
    const file = given.rest[0]!
    const read = await readStudy(file)
    if (read.kind !== 'document') return read.result
    const study = read.document
    return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
      const ran = await ask.studies.run({ study, at: flags.has('newest') ? 'newest' : 'named' })
      if (ran.kind === 'refused') return failed('malformed-study', { file, problems: ran.problems })
      const { hash, snapshot, engine, result, resultHash, unreadableCount, changes } = ran
      const pinned: StudyDocument = { ...study, snapshot, engine }
      const unsaved = await saveFiles([
        [options.get('out'), resultFile(ran)],
        [options.get('pin'), utf8Encode(`${JSON.stringify(pinned, null, 2)}\n`)],
      ])
      if (unsaved !== null) return unsaved
      const twin = twinWords(ran.isTwin, hash)
      const said = { ...twin, hash, resultHash, snapshot, engine, unreadableCount, changes }
      return ok(options.has('out') ? said : { ...said, result: JSON.parse(result) as unknown })
    })
  },
}

const simulate: StudyAction = {
  usage: 'study simulate --profile DIR [--out RESULT.json] STUDY.json',
  options: ['out'],
  rest: [1, 1],
  async run(given, world) {
    const file = given.rest[0]!
    const read = await readStudy(file)
    if (read.kind !== 'document') return read.result
    // A twin is a world of its own: a state of the chain that the study names is not there.
    const study: StudyDocument = { ...read.document, snapshot: null, engine: null }
    return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
      if ((await ask.requests.catalog()).class === 'hospital')
        return failed('holds-records', {
          cause:
            'a hospital has no twin: “study run” asks its own records, “study submit” those of all hospitals',
        })
      const ran = await ask.studies.run({ study, at: 'newest' })
      if (ran.kind === 'refused') return failed('malformed-study', { file, problems: ran.problems })
      if (!ran.isTwin)
        return failed('no-twin', { cause: 'what was asked is not the synthetic twin; nothing is given out' })
      const out = given.options.get('out')
      const unsaved = await saveFiles([[out, resultFile(ran)]])
      return unsaved ?? ok(out === undefined ? twinResult(ran) : twinSaid(ran))
    })
  },
}

type Ran = Extract<StudyRunAnswer, { kind: 'ran' }>

/** The canonical bytes; of a twin the whole of `study simulate`, since bytes alone say nothing of their people (docs/spec/twin.md T4). */
function resultFile(ran: Ran): Bytes {
  return utf8Encode(ran.isTwin ? `${JSON.stringify(twinResult(ran))}\n` : ran.result)
}

function twinSaid({ isTwin, hash, resultHash, snapshot, engine }: Ran) {
  return { ...twinWords(isTwin, hash), hash, resultHash, snapshot, engine }
}

function twinResult(ran: Ran) {
  return { ...twinSaid(ran), result: JSON.parse(ran.result) as unknown }
}

/** Rows and models for `consilium fit`, and whose numbers they are beside them. */
const intervals: StudyAction = {
  usage: 'study intervals --profile DIR --out FOLDER STUDY.json',
  options: ['out'],
  rest: [1, 1],
  async run(given, world) {
    const file = given.rest[0]!
    const out = given.options.get('out')
    if (out === undefined) return usage('--out names the folder of the rows')
    const folder = resolve(out)
    const read = await readStudy(file)
    if (read.kind !== 'document') return read.result
    return withProfile(given, world, begun(needPassphrase(world)), async ({ ask }) => {
      const made = await ask.studies.intervals({ study: read.document, locale: 'en' })
      if (made.kind === 'refused') return failed('malformed-study', { file, problems: made.problems })
      if (made.kind === 'too-large')
        return failed('too-large', { bytes: made.bytes, bytesMax: made.bytesMax })
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const files = [...made.files, { name: 'mark.txt', content: `${made.mark}\n` }]
      const unsaved = await saveFiles(
        files.map(({ name, content }) => [join(folder, name), utf8Encode(content)] as const),
      )
      return unsaved ?? ok({ hash: made.hash, files: files.map(({ name }) => name) })
    })
  },
}

const ACTIONS: Readonly<Record<string, StudyAction>> = { run, intervals, simulate, ...REQUEST_ACTIONS }

export const STUDY_COMMANDS: Readonly<Record<string, Command>> = {
  study: {
    usage: Object.values(ACTIONS)
      .map((action) => action.usage)
      .join(' | '),
    grammar: {
      options: {
        profile: 'required',
        ...Object.fromEntries(
          Object.values(ACTIONS)
            .flatMap(({ options }) => options ?? [])
            .map((name) => [name, 'optional'] as const),
        ),
      },
      flags: [...new Set(Object.values(ACTIONS).flatMap(({ flags }) => flags ?? []))],
      rest: [1, 2],
    },
    async run(given, world) {
      const [name, ...rest] = given.rest as [string, ...string[]]
      const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name]! : null
      if (action === null) return usage(`“${name}” is nothing that is done to a study`)
      const problem = problemWith(action, given, rest)
      return problem === null
        ? action.run({ ...given, rest }, world)
        : usage(`${problem}; usage: consilium ${action.usage}`)
    },
  },
}

/** What another action takes, this one does not. */
function problemWith(
  action: StudyAction,
  { options, flags }: Arguments,
  rest: readonly string[],
): string | null {
  const known = ['profile', 'as', ...(action.options ?? [])]
  for (const name of options.keys()) if (!known.includes(name)) return `unknown option --${name}`
  for (const name of flags) if (action.flags?.includes(name) !== true) return `unknown option --${name}`
  const [least, greatest] = action.rest
  if (rest.length < least) return 'an argument is missing'
  return rest.length > greatest ? `unexpected argument ${rest[greatest]!}` : null
}

async function readStudy(file: string) {
  const read = await readDocument(file, studyFile, STUDY_BYTES_MAX)
  if (read.kind === 'document') return read
  const result =
    read.kind === 'unreadable'
      ? failed('unreadable-study', { file, reason: read.reason })
      : failed('malformed-study', { file, problems: read.problems })
  return { kind: 'unusable' as const, result }
}
