/**
 * Two hundred studies of both lanes, twenty in a case: one to four threads of DuckDB, Node and Electron as Node, four zones and languages, all to the
 * same bytes.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildGoldenChild } from '../src/main/gateway/golden-run.test-kit.ts'
import { goldenHashes } from '../src/main/gateway/golden.test-kit.ts'
import { longPart } from './part.ts'

const STUDIES_PER_CASE = 20
const PLACES = [
  ['Pacific/Apia', 'tr_TR.UTF-8'],
  ['America/St_Johns', 'de_DE.UTF-8'],
  ['Asia/Kathmandu', 'ar_EG.UTF-8'],
  ['Asia/Taipei', 'zh_TW.UTF-8'],
] as const

export const part = longPart({
  title: 'answers of gateways, each pair of ways to the same bytes',
  caseCount: 10,
  async run(index, { root }) {
    const [from, to] = [index * STUDIES_PER_CASE, (index + 1) * STUDIES_PER_CASE]
    const child = await buildGoldenChild()
    try {
      const one = await goldenHashes(from, to, 1, 100_000)
      const ways: [string, string[]][] = [
        ['four threads', await goldenHashes(from, to, 4, 333)],
        ['another process', await child.hashes(process.execPath, from, to, placed(index), 2)],
        [
          'Electron',
          await child.hashes(
            await electronOf(root),
            from,
            to,
            { ...placed(index + 1), ELECTRON_RUN_AS_NODE: '1' },
            3,
          ),
        ],
      ]
      const wrong = ways.flatMap(([way, hashes]) =>
        hashes.flatMap((hash, i) => (hash === one[i] ? [] : [`study ${from + i}: ${way}`])),
      )
      return {
        wrong: wrong.length === 0 ? null : wrong.join(', '),
        counts: { studies: STUDIES_PER_CASE, pairs: ways.length * STUDIES_PER_CASE },
      }
    } finally {
      await child.close()
    }
  },
})

function placed(turn: number): Record<string, string> {
  const [zone, language] = PLACES[turn % PLACES.length]!
  return { TZ: zone, LANG: language, LC_ALL: language }
}

/** The Electron of development and tests. */
async function electronOf(root: string): Promise<string> {
  const kit = (await import(pathToFileURL(join(root, 'scripts/lib/electron-runtime.mjs')).href)) as {
    findElectron(): Promise<{ executable: string }>
  }
  return (await kit.findElectron()).executable
}
