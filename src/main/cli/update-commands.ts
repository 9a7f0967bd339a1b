/** Before an administrator installs a package: whether it is one that the owners released, and newer than this one. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import releaseKeys from '../../../resources/release-keys.json' with { type: 'json' }
import { readSmallFile } from '../services/files.ts'
import { judgeFile, readUpdate, UPDATE_MANIFEST_MAX } from '../updates/update-manifest.ts'
import { failed, ok, type Command } from './commands.ts'

/** @param keys public keys of releases; of this installation unless a test has its own */
export function updateCommands(
  keys: readonly string[] = releaseKeys.keys,
): Readonly<Record<string, Command>> {
  return {
    'check-update': {
      usage: 'check-update MANIFEST PACKAGE...',
      grammar: { rest: [2, 65] },
      async run({ rest }, { profileWorld }) {
        const { applicationVersion: version, crypto } = profileWorld
        const [list, ...packages] = rest.map((path) => resolve(path)) as [string, ...string[]]
        const bytes = await readSmallFile(list, UPDATE_MANIFEST_MAX)
        if (bytes === null) return failed('not-readable', { path: list })
        const today = new Date(profileWorld.now()).toISOString().slice(0, 10)
        const read = readUpdate(crypto, bytes, { version, keys }, today)
        if (read.kind === 'refused') return failed(read.reason, { installed: version })
        const files: { name: string; verdict: string }[] = []
        for (const path of packages) {
          const found = await hashed(path)
          if (found === null) return failed('not-readable', { path })
          files.push({
            name: basename(path),
            verdict: judgeFile(read.manifest, { name: basename(path), ...found }),
          })
        }
        const { version: offered, released, validUntil } = read.manifest
        const answer = { version: offered, installed: version, released, validUntil, files }
        return files.every(({ verdict }) => verdict === 'genuine')
          ? ok(answer)
          : failed('not-genuine', answer)
      },
    },
  }
}

async function hashed(path: string): Promise<{ bytes: number; sha256: Uint8Array } | null> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk as Buffer)
      bytes += (chunk as Buffer).length
    }
  } catch {
    return null
  }
  return { bytes, sha256: new Uint8Array(hash.digest()) }
}
