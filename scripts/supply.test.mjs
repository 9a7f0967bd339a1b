import { describe, expect, it } from 'vitest'
import { readSupply, shippedPackages, supplyProblems } from './lib/supply.mjs'

const planted = (change) => {
  const supply = structuredClone(readSupply())
  change(supply)
  return supplyProblems(supply)
}
const zod = (supply) => supply.lock.packages['node_modules/zod']
const prettier = (supply) => supply.lock.packages['node_modules/prettier']

describe('T32: what comes from others', () => {
  it('is pinned, licensed, described and silent while it is installed', () => {
    expect(supplyProblems(readSupply())).toEqual([])
  })

  it('is refused where a fault is planted', () => {
    expect(planted((s) => delete zod(s).integrity)).toMatchObject([expect.stringContaining('SHA-512')])
    expect(planted((s) => (zod(s).resolved = 'git+ssh://git@example.org/zod.git'))).toMatchObject([
      expect.stringContaining('registry'),
    ])
    // Any other host, path, name, version or protocol than the public registry's own for this very package.
    const { version } = zod(readSupply())
    const form = `https://registry.npmjs.org/zod/-/zod-${version}.tgz`
    expect(planted((s) => (zod(s).resolved = form))).toEqual([])
    for (const resolved of [
      `https://packages.example.org/zod/-/zod-${version}.tgz`,
      `https://registry.npmjs.org.example.org/zod/-/zod-${version}.tgz`,
      `https://registry.npmjs.org@example.org/zod/-/zod-${version}.tgz`,
      form.replace('https:', 'http:'),
      form.replace(version, '0.0.1'),
      form.replaceAll('zod', 'zord'),
      `${form}?and=more`,
    ])
      expect(
        planted((s) => (zod(s).resolved = resolved)),
        resolved,
      ).toMatchObject([expect.stringContaining('public registry')])
    const scoped = 'node_modules/@mantine/core'
    expect(
      planted((s) => {
        const entry = s.lock.packages[scoped]
        entry.resolved = `https://registry.npmjs.org/@mantine/core/-/core-${entry.version}.tgz`
      }),
    ).toEqual([])
    for (const licence of [
      'AGPL-3.0-only',
      'SSPL-1.0',
      'UNLICENSED',
      undefined,
      'MIT AND GPL-3.0-only',
      'MPL-2.0',
    ])
      expect(
        planted((s) => (zod(s).license = licence)),
        licence,
      ).toMatchObject([expect.stringContaining('ships under')])
    expect(planted((s) => (zod(s).license = '(GPL-3.0-only OR MIT)'))).toEqual([])
    expect(planted((s) => (prettier(s).license = 'MPL-2.0'))).toEqual([])
    expect(planted((s) => (prettier(s).license = 'GPL-3.0-only'))).toHaveLength(1)
    expect(planted((s) => (prettier(s).hasInstallScript = true))).toMatchObject([
      expect.stringContaining('allowScripts'),
    ])
    expect(planted((s) => (s.manifest.allowScripts['classic-level'] = true))).toHaveLength(1)
    expect(planted((s) => (s.npmrc = s.npmrc.replace('ignore-scripts=true', '')))).toMatchObject([
      '.npmrc must say ignore-scripts=true',
    ])
    expect(planted((s) => (s.manifest.devDependencies['left-pad'] = '1.3.0'))).toMatchObject([
      'DEPENDENCIES.md has no line for left-pad',
    ])
    expect(planted((s) => (s.manifest.dependencies.zod = '^4.6.7'))).toMatchObject([
      'zod is not pinned: ^4.6.7',
    ])
  })

  it('counts as shipped what is bundled too, and what that needs', () => {
    const shipped = [...shippedPackages(readSupply()).keys()]
    for (const name of ['zod', 'libp2p', 'react', '@mantine/core', 'shamir-secret-sharing', 'classic-level'])
      expect(shipped).toContain(`node_modules/${name}`)
    for (const name of ['vitest', 'eslint', 'electron-builder', 'typescript'])
      expect(shipped).not.toContain(`node_modules/${name}`)
  })
})
