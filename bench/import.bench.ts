/**
 * Import end to end: read, mapped, sealed, durable, checked, final. `npm run bench -- import [visits]` takes in FHIR
 * bundles of synthetic patients, the same patients as a hospital's table (its mapping proposed by its headers) and, for the share of
 * reading, straight from the generator. Beside each file: how fast it is parsed and nothing more.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runGenerate } from '../src/main/cli/generate.ts'
import type { ImportSource } from '../src/main/imports/import-calls.ts'
import { DEMONSTRATION_PASSPHRASE, foundProfile, openHeadless } from '../src/main/headless.ts'
import { inspectTable, openTables, type ReadTable } from '../src/main/records/table-file.ts'
import { proposeTable } from '../src/main/records/tables/propose.ts'
import type { TableMapping } from '../src/shared/domain/table-mapping.ts'
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

async function proposedMapping(path: string): Promise<TableMapping> {
  const looked = await inspectTable(path)
  if (looked.kind !== 'table' || looked.form === null) throw new Error('no table')
  const { layout } = proposeTable(looked.sheets[0]!, Math.floor(Date.now() / 86_400_000))
  return {
    format: 1,
    id: '0'.repeat(32),
    name: 'bench',
    source: 'bench',
    savedAt: 0,
    ...looked.form,
    tables: [layout],
    tests: [],
    units: [],
    values: [],
    diagnoses: 'icd-10-cm',
    currency: 'TWD',
  }
}

/** Visits a second when the same files are parsed and thrown away. */
async function rawFhir(): Promise<number> {
  const start = performance.now()
  let visits = 0
  for (const name of await readdir(files)) {
    if (!name.endsWith('.json')) continue
    const { entry } = JSON.parse(await readFile(join(files, name), 'utf8')) as {
      entry?: { resource?: { resourceType?: string } }[]
    }
    visits += (entry ?? []).filter(({ resource }) => resource?.resourceType === 'Encounter').length
  }
  return Math.round((visits / (performance.now() - start)) * 1000)
}

async function rawCsv(): Promise<number> {
  const start = performance.now()
  let rows = -1
  for (const each of (await openTables(table, { encoding: 'utf-8', delimiter: ',' })) as ReadTable[])
    for await (const batch of each.batches()) rows += batch.rows.length
  return Math.round((rows / (performance.now() - start)) * 1000)
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
const tables = join(scratch, 'tables')
await runGenerate([
  '--patients',
  String(patients),
  '--seed',
  'bench',
  '--format',
  'csv',
  '--out',
  tables,
  '--clean',
])
const table = join(tables, 'visits.csv')
const ceiling = await levelCeiling(20_000)
const fhir = await timed('fhir', { kind: 'files', paths: [files] })
const csv = await timed('csv', { kind: 'files', paths: [table], mapping: await proposedMapping(table) })
const generated = await timed('generated', { kind: 'generated', patients, seed: 'bench' })
console.log(
  JSON.stringify({
    bench: 'import',
    fhir,
    csv,
    generated,
    rawVisitsPerSecond: { fhir: await rawFhir(), csv: await rawCsv() },
    levelWritesPerSecond: ceiling.writesPerSecond,
  }),
)
await rm(scratch, { recursive: true, force: true })
