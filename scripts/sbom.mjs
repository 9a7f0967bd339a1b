#!/usr/bin/env node
// npm run sbom: the parts list (CycloneDX) of what ships, in release/. `npm run package` writes it too.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { nameOf, readSupply, shippedPackages } from './lib/supply.mjs'
import { npm, root, say } from './lib/terminal.mjs'

/** @returns {Promise<string | null>} where it lies, or null with the reason said */
export async function writeSbom() {
  const made = await npm(
    ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application', '--package-lock-only'],
    {
      show: 'captured',
    },
  )
  if (made.code !== 0) {
    say(made.output)
    return null
  }
  const supply = readSupply()
  const bom = JSON.parse(made.output.slice(made.output.indexOf('{')))
  const { name, version, devDependencies } = supply.manifest
  const shipped = new Set(
    [...shippedPackages(supply)].map(([path, entry]) => `${nameOf(path)}@${entry.version}`),
  )
  // The runtime is no dependency that is installed into the package; it is the package.
  shipped.add(`electron@${devDependencies.electron}`)
  const isShipped = (component) => shipped.has(`${fullName(component)}@${component.version}`)
  bom.metadata.component.name = name
  bom.components = bom.components.filter(isShipped).map((component) => ({ ...component, scope: 'required' }))
  const kept = new Set([bom.metadata.component['bom-ref'], ...bom.components.map((each) => each['bom-ref'])])
  bom.dependencies = bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .map((each) => ({ ...each, dependsOn: (each.dependsOn ?? []).filter((ref) => kept.has(ref)) }))
  const missing = [...shipped].filter(
    (each) => !bom.components.some((component) => `${fullName(component)}@${component.version}` === each),
  )
  if (missing.length > 0) {
    say(`The parts list lacks ${missing.join(', ')}`)
    return null
  }
  mkdirSync(join(root, 'release'), { recursive: true })
  const path = join(root, 'release', `${name}-${version}.cdx.json`)
  writeFileSync(path, `${JSON.stringify(bom, null, 2)}\n`)
  say(`${path}: ${bom.components.length} parts`)
  return path
}

const fullName = ({ group, name }) => (group === undefined ? name : `${group}/${name}`)

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = (await writeSbom()) === null ? 1 : 0
