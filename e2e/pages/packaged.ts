/** Where `npm run package:test` put the two packaged folders. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../fixtures.ts'

export type Kind = 'inspect' | 'shipping'

/** electron-builder names the folder after the platform: linux-unpacked, mac-arm64, win-unpacked. */
export function packagedFolder(kind: Kind): string {
  const release = join(root, 'release', `test-${kind}`)
  const name = readdirSync(release).find((inside) => existsSync(join(release, inside, 'resources')))
  if (name === undefined) throw new Error(`${release} is empty: run npm run package:test`)
  return join(release, name)
}

export const executable = (kind: Kind) => join(packagedFolder(kind), 'consilium')
