/** Answers golden studies in processes of their own, under Node and under Electron as Node, each in another zone and language. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { GOLDEN_WAYS, waysOf, type GoldenWay } from './golden-ways.test-kit.ts'
import { goldenRecords } from './golden.test-kit.ts'

const run = promisify(execFile)
const root = (() => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..')
  return folder
})()
const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(join(root, path)).href)) as T
/** Each keeps its processor busy. */
const SIDE_BY_SIDE = 2

export interface GoldenRun {
  /** By study, what each of its two or four ways said: the same, where all is well. @throws where a process was not in the place that it was sent to */
  answers(
    from: number,
    to: number,
    count: 2 | 4,
  ): Promise<ReadonlyMap<number, readonly { way: string; hash: string }[]>>
  close(): Promise<void>
}

/** @throws where there is no Electron that starts */
export async function openGoldenRun(): Promise<GoldenRun> {
  const folder = join(root, '.cache', `golden-child-${process.pid}`)
  const { bundle } = await load<{
    bundle(entries: Record<string, string>, folder: string): Promise<void>
  }>('scripts/lib/bundle.mjs')
  await bundle({ child: join(root, 'src/main/gateway/golden-child.test-kit.ts') }, folder)
  const { findElectron } = await load<{ findElectron(): Promise<{ executable: string }> }>(
    'scripts/lib/electron-runtime.mjs',
  )
  const { ensureSystem } = await load<{
    ensureSystem(executable: string, needs: { display: boolean; chinese: boolean }): Promise<boolean>
  }>('scripts/lib/system.mjs')
  const { executable: electron } = await findElectron()
  if (!(await ensureSystem(electron, { display: false, chinese: false })))
    throw new Error('this system lacks what Electron needs')

  const records = join(folder, 'records.json')
  await writeFile(records, JSON.stringify(goldenRecords()))

  /** What a process answers that is started in that language, in its ways one after the other. */
  async function answer(
    { runtime, language, zone }: GoldenWay,
    asked: readonly (GoldenWay & { readonly studies: readonly number[] })[],
  ): Promise<readonly (readonly string[])[]> {
    const posix = `${language.replace('-', '_')}.UTF-8`
    const { stdout } = await run(
      runtime === 'electron' ? electron : process.execPath,
      [
        '--import',
        pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href,
        join(folder, 'child.js'),
        records,
        JSON.stringify(asked),
      ],
      {
        env: {
          ...process.env,
          TZ: zone,
          LANG: posix,
          LC_ALL: posix,
          LANGUAGE: undefined,
          ELECTRON_RUN_AS_NODE: runtime === 'electron' ? '1' : undefined,
        },
        maxBuffer: 1 << 26,
      },
    )
    const said = JSON.parse(stdout) as Said[]
    // A setting that has no effect would make everything the same.
    for (const [i, way] of asked.entries())
      if (!isThere(way, said[i]!)) throw new Error(`not ${nameOf(way)}: ${JSON.stringify(said[i])}`)
    return said.map(({ hashes }) => hashes)
  }

  return {
    async answers(from, to, count) {
      const answered = new Map<number, { way: string; hash: string }[]>()
      const numbers = Array.from({ length: to - from }, (_, i) => from + i)
      const asked = GOLDEN_WAYS.map((way) => ({
        ...way,
        studies: numbers.filter((n) => waysOf(n, count).includes(way)),
      })).filter(({ studies }) => studies.length > 0)
      const processes = groupsOf(asked)
      const left = [...processes.values()]
      const work = async (): Promise<void> => {
        for (let ways = left.shift(); ways !== undefined; ways = left.shift())
          for (const [w, hashes] of (await answer(ways[0]!, ways)).entries())
            for (const [i, n] of ways[w]!.studies.entries())
              answered.set(n, [...(answered.get(n) ?? []), { way: nameOf(ways[w]!), hash: hashes[i]! }])
      }
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
      return answered
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** One process for each runtime and language, which have to be there from its start. */
function groupsOf<T extends GoldenWay>(ways: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const way of ways) {
    const name = `${way.runtime} ${way.language}`
    groups.set(name, [...(groups.get(name) ?? []), way])
  }
  return groups
}

interface Said {
  readonly hashes: readonly string[]
  readonly locale: string
  readonly zone: string
  readonly electron: string | null
}

function isThere(way: GoldenWay, { locale, zone, electron }: Said): boolean {
  const known = Intl.DateTimeFormat('en', { timeZone: way.zone }).resolvedOptions().timeZone
  return (
    locale === way.language &&
    [known, way.zone].includes(zone) &&
    (electron !== null) === (way.runtime === 'electron')
  )
}

const nameOf = ({ runtime, threads, zone, language }: GoldenWay): string =>
  `${runtime}, ${String(threads)} threads, ${zone}, ${language}`
