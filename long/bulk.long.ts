/**
 * C13 with a thousand patients: bulk FHIR with three broken lines, the process killed in the middle of it, gone on with,
 * imported once more. The test of every run (src/main/imports/batches.test.ts) does the same with 480 visits.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportBatch } from '../src/shared/contract/batches.ts'
import { buildCommandLine, PASSPHRASE, runHere } from '../src/main/cli/cli.test-kit.ts'
import { lookAfter, runAndKill } from '../src/main/cli/crash.test-kit.ts'
import { foundProfile } from '../src/main/headless.ts'
import { bulkOf } from '../src/main/imports/bulk.test-kit.ts'
import { realWorld } from '../src/main/world.ts'
import { longPart } from './part.ts'

const PATIENTS = 1000
const VISITS = 4 * PATIENTS
let built: Promise<string> | null = null

export const part = longPart({
  title: `${PATIENTS} patients in bulk, killed, gone on with, imported again`,
  caseCount: 4,
  async run(index, { folder }) {
    built ??= buildCommandLine()
    const input = join(folder, 'input')
    await mkdir(input)
    const { lines, broken } = bulkOf(PATIENTS, { visitsEach: VISITS / PATIENTS })
    await writeFile(join(input, 'bulk.ndjson'), lines)
    const profile = join(folder, 'profile')
    await foundProfile(
      {
        folder: profile,
        institutionName: 'Bulk Hospital (synthetic)',
        personName: 'Bulk',
        passphrase: PASSPHRASE,
        zone: 'Asia/Taipei',
        isSynthetic: true,
      },
      { ...realWorld(), scryptCost: 2 ** 10 },
    )
    const listed = async () =>
      (await runHere(['imports', '--profile', profile])).answer['imports'] as ImportBatch[]
    // Each case is killed later than the one before, so that all parts of an import are hit.
    let interrupted: ImportBatch | undefined
    for (let wait = 400 * (index + 1); interrupted === undefined && wait < 60_000; wait += 400) {
      const run = await runAndKill(await built, profile, input, wait)
      if (run.stderr !== '') return run.stderr
      interrupted = (await listed()).find(({ state }) => state === 'interrupted')
    }
    if (interrupted === undefined) return 'no kill found the import in its middle'
    const { batchId } = interrupted
    const resumed = (await runHere(['resume-import', '--profile', profile, '--batch', batchId])).answer as {
      visits: number
      duplicates: number
      rejected: { path: string; reason: string }[]
    }
    const again = (await runHere(['import', '--profile', profile, '--wait', input])).answer
    const manifest = join(folder, 'bulk.consilium')
    await runHere(['manifest', '--profile', profile, '--batch', batchId, '--out', manifest])
    const checked = (await runHere(['verify-manifest', '--profile', profile, manifest])).answer
    const after = await lookAfter(profile, [])
    const brought = (await listed()).reduce((sum, { visits }) => sum + visits, 0)
    const rejects = resumed.rejected.map(({ path, reason }) => [path, reason])
    const wrong = [
      ...(resumed.visits + resumed.duplicates === VISITS ? [] : [`resumed: ${JSON.stringify(resumed)}`]),
      ...(JSON.stringify(rejects) === JSON.stringify(broken) ? [] : [`rejects: ${JSON.stringify(rejects)}`]),
      ...(again['visits'] === 0 && again['duplicates'] === VISITS ? [] : [`again: ${JSON.stringify(again)}`]),
      ...(checked['signer'] === 'own-chain' && checked['isWhole'] === true ? [] : ['the manifest']),
      ...(brought === VISITS ? [] : [`${brought} visits in all batches`]),
      ...(after.blocks === VISITS && after.waiting === 0 ? [] : [`${after.blocks} blocks`]),
      ...(after.verified === 'ok' && after.duplicates.length === 0 ? [] : [after.verified]),
    ]
    return wrong.length === 0 ? null : wrong.join('; ')
  },
})
