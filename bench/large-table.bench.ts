/**
 * Memory of reading a hospital's large table: `npm run bench -- large-table [MB]`. A table of results (one a row) is made, its
 * mapping proposed by its headers, and it is read to its end as an import reads it, without sealing; then once more and cancelled
 * in the middle. The peak of the process is measured every 50 ms.
 */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { atFacility } from '../src/main/imports/at-facility.ts'
import { inspectTable } from '../src/main/records/table-file.ts'
import { readHospitalTables } from '../src/main/records/hospital-files.ts'
import { proposeTable } from '../src/main/records/tables/propose.ts'
import type { TableMapping } from '../src/shared/domain/table-mapping.ts'

const megabytes = Number(process.argv[2] ?? 50)
const TODAY = 20_786
const scratch = await mkdtemp(join(tmpdir(), 'consilium-large-table-'))
const file = join(scratch, 'results.csv')
const rows = await writeTable(file, megabytes * 1_000_000)
const looked = await inspectTable(file)
if (looked.kind !== 'table' || looked.form === null) throw new Error('not a table')
const mapping: TableMapping = {
  format: 1,
  id: 'b'.repeat(32),
  name: 'bench',
  source: 'bench',
  savedAt: 0,
  ...looked.form,
  tables: [proposeTable(looked.sheets[0]!, TODAY).layout],
  tests: [],
  units: [],
  values: [],
  diagnoses: 'icd-10-cm',
  currency: 'TWD',
}
const whole = await reading(null)
const cancelled = await reading(Math.round(whole.progressCount / 2))
await rm(scratch, { recursive: true, force: true })
console.log(JSON.stringify({ bench: 'large-table', megabytes, rows, whole, cancelled }))

/** @param stopAfter calls of progress after which it is cancelled */
async function reading(stopAfter: number | null) {
  const bytes = (await stat(file)).size
  const control = new AbortController()
  const counts: Record<string, number> = { visit: 0, reject: 0, progress: 0 }
  const before = process.memoryUsage().rss
  let peak = before
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50)
  const cpu = process.cpuUsage()
  let stoppedAt = 0
  for await (const event of readHospitalTables([{ file, bytes, isSearched: false }], {
    mapping,
    at: atFacility('Asia/Taipei'),
    consentScope: 'treatment-and-research',
    signal: control.signal,
  })) {
    peak = Math.max(peak, process.memoryUsage.rss())
    counts[event.kind] = (counts[event.kind] ?? 0) + 1
    if (counts['progress'] === stopAfter && !control.signal.aborted) {
      control.abort()
      stoppedAt = performance.now()
    }
  }
  clearInterval(timer)
  const used = process.cpuUsage(cpu)
  const mb = (value: number) => Math.round(value / 1_000_000)
  return {
    visits: counts['visit'],
    rejects: counts['reject'],
    progressCount: counts['progress']!,
    cpuSeconds: Number(((used.user + used.system) / 1e6).toFixed(1)),
    rssBeforeMB: mb(before),
    rssPeakMB: mb(peak),
    ...(stopAfter === null ? {} : { cancelledWithinMs: Math.round(performance.now() - stoppedAt) }),
  }
}

async function writeTable(path: string, bytesWanted: number): Promise<number> {
  const out = createWriteStream(path)
  let bytes = 0
  let count = 0
  const write = async (line: string) => {
    bytes += line.length
    if (!out.write(line)) await once(out, 'drain')
  }
  await write(
    '病歷號,就診序號,就診日期,科別,性別,出生日期,檢驗項目,檢驗代碼,檢驗值,單位,採檢日期,報告日期,參考值\n',
  )
  for (let visit = 0; bytes < bytesWanted; visit++) {
    const patient = visit % 40_000
    const day = `2025-${String(1 + (visit % 12)).padStart(2, '0')}-${String(1 + (visit % 28)).padStart(2, '0')}`
    const who = `M${String(patient).padStart(8, '0')},V${String(visit).padStart(9, '0')},${day},02,${patient % 2 === 0 ? '男' : '女'},1960-05-${String(1 + (patient % 28)).padStart(2, '0')}`
    for (const [name, loinc, value, unit] of [
      ['糖化血色素', '4548-4', `${5 + (visit % 40) / 10}`, '%'],
      ['肌酸酐', '2160-0', `${0.6 + (visit % 10) / 10}`, 'mg/dL'],
      ['鉀', '2823-3', `${3.5 + (visit % 15) / 10}`, 'mmol/L'],
    ] as const) {
      await write(`${who},${name},${loinc},${value},${unit},${day},${day},0-100\n`)
      count++
    }
  }
  out.end()
  await once(out, 'finish')
  return count
}
