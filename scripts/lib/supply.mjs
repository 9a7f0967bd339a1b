// What comes from others: which packages ship, under which licences, by which hashes, and that none runs code while it
// is installed. Pure over the texts of package.json, package-lock.json, DEPENDENCIES.md and .npmrc, so that tests can plant faults.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './terminal.mjs'

/** May be in what ships. */
const SHIPPED_LICENCES = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
]
/** Besides those, may be in tools, which stay on the machines of those who build. */
const TOOL_LICENCES = ['CC-BY-4.0', 'MPL-2.0', 'Python-2.0', 'WTFPL']
/**
 * Where the public registry has exactly this version: what may stand in the lock, where anything does. A mirror of one machine or
 * any other host is nobody else's source; without an address npm asks the registry that it is set up with, and the hash decides.
 */
function publicSource(path, { name = nameOf(path), version }) {
  return `https://registry.npmjs.org/${name}/-/${name.split('/').at(-1)}-${version}.tgz`
}
/** More would be more than anybody looks after. */
const SHIPPED_MAX = 250

export function readSupply() {
  const read = (path) => readFileSync(join(root, path), 'utf8')
  return {
    manifest: JSON.parse(read('package.json')),
    lock: JSON.parse(read('package-lock.json')),
    dependencies: read('DEPENDENCIES.md'),
    npmrc: read('.npmrc'),
  }
}

/** Everything that is wrong, one sentence each. */
export function supplyProblems({ manifest, lock, dependencies, npmrc }) {
  const problems = []
  const shipped = shippedPackages({ manifest, lock, dependencies })
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '') continue
    const what = `${nameOf(path)}@${entry.version}`
    if (!/^sha512-/.test(entry.integrity ?? '')) problems.push(`${what} is not pinned by a SHA-512`)
    if (entry.resolved !== undefined && entry.resolved !== publicSource(path, entry))
      problems.push(`${what} does not come from the public registry: ${entry.resolved}`)
    const isShipped = shipped.has(path)
    const allowed = isShipped ? SHIPPED_LICENCES : [...SHIPPED_LICENCES, ...TOOL_LICENCES]
    if (!isAllowed(entry.license, allowed))
      problems.push(`${what} ${isShipped ? 'ships' : 'is used'} under ${entry.license ?? 'no licence'}`)
    if (entry.hasInstallScript === true && manifest.allowScripts?.[nameOf(path)] !== false)
      problems.push(`${what} wants to run code while it is installed; allowScripts must deny it by name`)
  }
  for (const name of Object.keys(manifest.allowScripts ?? {}))
    if (
      !Object.entries(lock.packages).some(([path, entry]) => nameOf(path) === name && entry.hasInstallScript)
    )
      problems.push(`allowScripts names ${name}, which has no install script`)
  for (const setting of [
    'ignore-scripts=true',
    'strict-allow-scripts=true',
    'allow-git=none',
    'allow-remote=none',
  ])
    if (!npmrc.split(/\r?\n/).includes(setting)) problems.push(`.npmrc must say ${setting}`)
  const described = [...dependencies.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1])
  const installed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  for (const name of installed)
    if (!described.includes(name)) problems.push(`DEPENDENCIES.md has no line for ${name}`)
  for (const name of described)
    if (!installed.includes(name))
      problems.push(`DEPENDENCIES.md has a line for ${name}, which is not installed`)
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    if (!/^(npm:(electron|typescript)@)?\d+\.\d+\.\d+(-r\.\d+)?$/.test(version))
      problems.push(`${name} is not pinned: ${version}`)
  if (shipped.size > SHIPPED_MAX) problems.push(`${shipped.size} packages ship, more than ${SHIPPED_MAX}`)
  return problems
}

/** Path in the lock file → entry, of everything that is in the package: installed with it or bundled into it. */
export function shippedPackages({ manifest, lock, dependencies }) {
  const bundled = dependencies
    .split(/^## /m)
    .filter((section) => /^[^\n]*\(bundled\)/.test(section))
    .flatMap((section) => [...section.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]))
  const shipped = new Map()
  const visit = (name, from) => {
    const path = findPackage(lock, name, from)
    if (path === null || shipped.has(path)) return
    const entry = lock.packages[path]
    shipped.set(path, entry)
    for (const next of Object.keys({
      ...entry.dependencies,
      ...entry.optionalDependencies,
      ...entry.peerDependencies,
    }))
      if (!isOptionalPeer(entry, next)) visit(next, path)
  }
  for (const name of [...Object.keys(manifest.dependencies), ...bundled]) visit(name, '')
  return shipped
}

const isOptionalPeer = (entry, name) =>
  entry.peerDependenciesMeta?.[name]?.optional === true || name === '@types/react'

/** As Node finds it: beside whoever asks, then further out. */
function findPackage(lock, name, from) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (lock.packages[path] !== undefined) return path
    if (at === '') return null
  }
}

export const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** One of an OR, all of an AND. */
function isAllowed(licence, allowed) {
  if (typeof licence !== 'string') return false
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((each) => allowed.includes(each.trim())))
}
