/** Starts `golden-child` under Node, or under Electron as Node, in another zone and language. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = (() => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..')
  return folder
})()

export interface GoldenChild {
  hashes(
    executable: string,
    from: number,
    to: number,
    env?: Readonly<Record<string, string>>,
    threads?: number,
  ): Promise<string[]>
  close(): Promise<void>
}

export async function buildGoldenChild(): Promise<GoldenChild> {
  const folder = join(root, '.cache', `golden-child-${process.pid}`)
  const kit = (await import(pathToFileURL(join(root, 'scripts/lib/bundle.mjs')).href)) as {
    bundle(entries: Record<string, string>, folder: string): Promise<void>
  }
  await kit.bundle({ child: join(root, 'src/main/gateway/golden-child.test-kit.ts') }, folder)
  return {
    async hashes(executable, from, to, env = {}, threads = 3) {
      const elsewhere = { TZ: 'Pacific/Apia', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', ...env }
      const polyfill = pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href
      const args = [
        '--import',
        polyfill,
        join(folder, 'child.js'),
        String(from),
        String(to),
        String(threads),
        '777',
      ]
      const { stdout } = await run(executable, args, {
        env: { ...process.env, ...elsewhere },
        maxBuffer: 1 << 26,
      })
      return JSON.parse(stdout) as string[]
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
