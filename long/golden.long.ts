/**
 * Two hundred studies of both lanes, twenty in a case: one thread of DuckDB and four, this process and one of another zone and language, and Electron
 * as Node where it is installed, all to the same bytes.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildGoldenChild } from '../src/main/gateway/golden-run.test-kit.ts'
import { goldenHashes } from '../src/main/gateway/golden.test-kit.ts'
import { longPart } from './part.ts'

const STUDIES_PER_CASE = 20

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
        ['another process', await child.hashes(process.execPath, from, to)],
      ]
      const electron = electronOf(root)
      if (electron !== null)
        ways.push(['Electron', await child.hashes(electron, from, to, { ELECTRON_RUN_AS_NODE: '1' })])
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

function electronOf(root: string): string | null {
  const folder = join(root, 'node_modules/electron')
  const named = join(folder, 'path.txt')
  if (!existsSync(named)) return null
  const executable = join(folder, 'dist', readFileSync(named, 'utf8').trim())
  return existsSync(executable) ? executable : null
}
