/**
 * The audit on a real disk: how long an answer waits for its entry, one after the other and twenty at once; how long a look
 * over all of it takes; how long a page takes. `npm run bench -- audit [entries]`. Synthetic.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAuditLog } from '../src/main/audit/audit-log.ts'
import { pageOf } from '../src/main/audit/read-log.ts'
import { verifyAuditLog } from '../src/main/audit/verify-log.ts'
import type { ChainId, MemberId } from '../src/main/node/chain/ids.ts'
import { createNodeCrypto, createNodeRandom } from '../src/main/node/crypto-node.ts'
import { openLevelStore } from '../src/main/node/storage/level.ts'
import type { AuditedCall } from '../src/main/services/audit-port.ts'
import { toHex } from '../src/shared/std/bytes.ts'

const entries = Number(process.argv[2] ?? 100_000)
const crypto = createNodeCrypto()
const random = createNodeRandom()
const folder = await mkdtemp(join(tmpdir(), 'consilium-audit-bench-'))
const store = await openLevelStore(folder, { mustExist: false })
const key = { epoch: 1, key: random(32) }
const log = await openAuditLog({
  store,
  context: {
    crypto,
    chainId: random(32) as Uint8Array as ChainId,
    memberId: random(16) as Uint8Array as MemberId,
  },
  random,
  now: Date.now,
  keys: () => [key],
  instanceId: random(16),
})
const patients = Array.from({ length: 5_000 }, () => toHex(random(16)))
const callOf = (i: number): AuditedCall => ({
  operation: 'records.ofPatient',
  act: 'opening',
  outcome: 'done',
  code: null,
  person: { userKeyId: 'ab12cd34ef56ab12', roles: ['clerk'] },
  subject: { patientId: patients[i % patients.length]! },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const millis = (value: number): string => `${value.toFixed(2)} ms`
function shown(name: string, waits: number[]): void {
  waits.sort((a, b) => a - b)
  const at = (share: number) => millis(waits[Math.floor(waits.length * share)]!)
  say(`${name}: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}`)
}

try {
  const alone: number[] = []
  for (let i = 0; i < 1_000; i++) {
    const begun = performance.now()
    await log.append(callOf(i))
    alone.push(performance.now() - begun)
  }
  shown('an entry, one after the other', alone)
  const together: number[] = []
  for (let i = 0; i < 200; i++)
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const begun = performance.now()
        await log.append(callOf(i * 20 + n))
        together.push(performance.now() - begun)
      }),
    )
  shown('an entry, twenty at once', together)
  while (log.head.count < entries)
    await Promise.all(Array.from({ length: 500 }, (_, n) => log.append(callOf(n))))
  const cpu = process.cpuUsage()
  let begun = performance.now()
  const verdict = await verifyAuditLog(log, [])
  const user = process.cpuUsage(cpu).user / 1000
  say(
    `a look over ${verdict.count} entries: ${millis(performance.now() - begun)}, ${millis(user)} of the processor, ${verdict.findings.length} findings`,
  )
  begun = performance.now()
  await pageOf(log, {}, null, 100)
  say(`the newest page: ${millis(performance.now() - begun)}`)
  begun = performance.now()
  const rare = await pageOf(log, { patientIds: [patients[4_999]!] }, null, 100)
  say(`a page of one patient: ${millis(performance.now() - begun)}, ${rare.entries.length} entries`)
  begun = performance.now()
  await pageOf(log, { to: Date.now() - 3_600_000 }, null, 100)
  say(`a page before a time: ${millis(performance.now() - begun)}`)
  await store.close()
  let bytes = 0
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size
  say(`${Math.round(bytes / log.head.count)} bytes an entry on the disk`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
