/**
 * Killing a real process in the middle of its work, again and again, on one profile. What it had acknowledged must be
 * there exactly once afterwards, and the chain must verify.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { openHeadless } from '../headless.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { decodeHead } from '../node/chain/block.ts'
import { keyTail, rangeOf } from '../node/storage/buckets.ts'
import { readBlockValue, readPlace } from '../node/storage/chain-store.ts'
import { verifyStore } from '../node/verify-store.ts'
import { PASSPHRASE, root } from './cli.test-kit.ts'

export interface CrashRun {
  /** Merkle roots that the killed process had acknowledged. */
  readonly acknowledged: readonly string[]
  /** Entries of the audit that it had been promised. */
  readonly noted: number
  /** Whether it had finished before the blow. */
  readonly isFinished: boolean
  readonly stderr: string
}

/** Starts `crash-child` on the profile and kills it (SIGKILL) this long after it began its work. */
export async function runAndKill(
  built: string,
  profile: string,
  input: string,
  killAfterMs: number,
): Promise<CrashRun> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href,
      join(built, 'crash-child.js'),
      profile,
      input,
    ],
    { env: { ...process.env, CONSILIUM_PASSPHRASE: PASSPHRASE }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const acknowledged: string[] = []
  let noted = 0
  let isFinished = false
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'working') setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    else if (line === 'finished') isFinished = true
    // A line cut by the kill is no acknowledgement.
    else if (/^noted \d+\.$/.test(line)) noted++
    else if (/^[0-9a-f]{64}\.$/.test(line)) acknowledged.push(line.slice(0, 64))
  })
  await closed
  return { acknowledged, noted, isFinished, stderr }
}

export interface Aftermath {
  readonly missing: readonly string[]
  readonly duplicates: readonly string[]
  readonly verified: string
  readonly blocks: number
  readonly waiting: number
  /** Findings in the audit, and how many openings are in it. */
  readonly audit: { readonly findings: number; readonly openings: number }
}

/** Opens the profile again, lets it finish what waits, and looks at everything. */
export async function lookAfter(profile: string, acknowledged: readonly string[]): Promise<Aftermath> {
  const headless = await openHeadless({ folder: profile, passphrase: PASSPHRASE })
  try {
    const { node, store, ledger } = headless.institution.profile
    await node!.drain(60_000)
    const missing: string[] = []
    for (const merkleRoot of acknowledged) {
      const place = await readPlace(store, fromHex(merkleRoot))
      if (place === null || place.index === null) missing.push(merkleRoot)
    }
    const home = headless.institution.auditHome!
    let openings = 0
    for await (const { content } of home.log.scan(1, home.log.head.count + 1))
      if (content?.operation === 'patients.get') openings++
    const { findings } = await home.verify()
    const seen = new Map<string, number>()
    for await (const { key, value } of store.scan(rangeOf('b'))) {
      const block = readBlockValue(value)
      if (block.kind !== 'ok') throw new Error(`block ${toHex(keyTail('b', key))} is ${block.kind}`)
      const merkleRoot = toHex(decodeHead(block.value.head)!.merkleRoot)
      seen.set(merkleRoot, (seen.get(merkleRoot) ?? 0) + 1)
    }
    const result = await verifyStore(createNodeCrypto(), store, {
      chainId: ledger.chainId,
      epochs: { gateway: node!.gatewayKeys().epochs },
      isCancelled: () => false,
      onProgress: () => {},
    })
    return {
      missing,
      duplicates: [...seen].filter(([, count]) => count > 1).map(([merkleRoot]) => merkleRoot),
      verified: result.kind === 'ok' ? 'ok' : JSON.stringify(result),
      blocks: node!.status.blockCount,
      waiting: node!.status.queuedCount,
      audit: { findings: findings.length, openings },
    }
  } finally {
    await headless.close()
  }
}
