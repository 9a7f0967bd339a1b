/** Runs a measurement of `e2e/*.bench.ts` in the real Electron (under Xvfb where there is no display) and reads what it wrote. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @throws when the window did not get through */
export async function windowBench(name: string, env: Readonly<Record<string, string>>): Promise<object> {
  const scratch = await mkdtemp(join(tmpdir(), 'consilium-window-'))
  const results = join(scratch, 'results.json')
  let root = import.meta.dirname
  while (!existsSync(join(root, 'package.json'))) root = join(root, '..')
  try {
    const code = await new Promise<number | null>((resolve) =>
      spawn(process.execPath, [join(root, 'scripts/e2e.mjs'), '--project=bench', name], {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, ...env, CONSILIUM_BENCH_RESULTS: results },
      }).once('close', resolve),
    )
    if (code !== 0) throw new Error('the window did not get through')
    return JSON.parse(await readFile(results, 'utf8')) as object
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
