/**
 * Import end to end: read, mapped, sealed, durable, checked, final. `npm run bench -- import [visits]` takes in FHIR
 * bundles of synthetic patients and, for the share of reading, the same patients straight from the generator.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runGenerate } from '../src/main/cli/generate.ts'
import type { ImportSource } from '../src/main/imports/import-calls.ts'
import { DEMONSTRATION_PASSPHRASE, foundProfile, openHeadless } from '../src/main/headless.ts'
import { levelCeiling } from './level-ceiling.ts'

const patients = Math.max(10, Math.round(Number(process.argv[2] ?? 10_000) / 10))
const scratch = await mkdtemp(join(tmpdir(), 'consilium-import-'))

async function timed(name: string, source: ImportSource) {
  const folder = join(scratch, name)
  await foundProfile({
    folder,
    institutionName: 'Bench Hospital (synthetic)',
    personName: 'Bench',
    passphrase: DEMONSTRATION_PASSPHRASE,
    zone: 'Asia/Taipei',
    isSynthetic: true,
  })
  const headless = await openHeadless({ folder, passphrase: DEMONSTRATION_PASSPHRASE })
  const start = performance.now()
  const cpu = process.cpuUsage()
  const job = await headless.services.imports.start(source)
  const finished = await job.finished
  if (finished === null) throw new Error(JSON.stringify((await headless.handlers.jobs.list())[0]))
  const acknowledged = performance.now()
  const isFinal = await headless.institution.profile.node!.drain(600_000)
  if (!isFinal) throw new Error('not final')
  const end = performance.now()
  const used = process.cpuUsage(cpu)
  const { visits, rejectedCount } = finished.report
  await headless.close()
  return {
    visits,
    rejectedCount,
    durablePerSecond: Math.round((visits / (acknowledged - start)) * 1000),
    finalPerSecond: Math.round((visits / (end - start)) * 1000),
    cpuMicrosPerVisit: Math.round((used.user + used.system) / visits),
  }
}

const files = join(scratch, 'files')
await runGenerate([
  '--patients',
  String(patients),
  '--seed',
  'bench',
  '--format',
  'fhir',
  '--out',
  files,
  '--clean',
])
const ceiling = await levelCeiling(20_000)
const fhir = await timed('fhir', { kind: 'files', paths: [files] })
const generated = await timed('generated', { kind: 'generated', patients, seed: 'bench' })
console.log(
  JSON.stringify({ bench: 'import', fhir, generated, levelWritesPerSecond: ceiling.writesPerSecond }),
)
await rm(scratch, { recursive: true, force: true })
