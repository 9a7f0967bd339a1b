/**
 * A consortium of real processes over loopback: the product's disk, threads and network, with a fault proxy on every line
 * between two members. For `cluster.test.ts` and the long tests.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { decodeHead } from './chain/block.ts'
import type { MemberKind } from './chain/members.ts'
import { quorumOf } from './chain/voters.ts'
import { createNodeCrypto, createNodeRandom } from './crypto-node.ts'
import {
  encodeCustodian,
  type ClusterCommand,
  type ClusterEvent,
  type ClusterSetup,
  type ClusterStatus,
} from './cluster-child.test-kit.ts'
import { openFaultProxy, type FaultProxy } from './fault-proxy.test-kit.ts'
import { foundTogether } from './founding.ts'
import type { Lie } from './lies.test-kit.ts'
import { ownPorts } from './network/own-ports.test-kit.ts'
import { createSignatureBook } from './signatures.test-kit.ts'
import { rangeOf } from './storage/buckets.ts'
import { prepareChainStore, readBlockValue } from './storage/chain-store.ts'
import { openLevelStore } from './storage/level.ts'
import { encodeNodeKeys } from './vault/institution-keys.ts'
import { verifyStore } from './verify-store.ts'

const crypto = createNodeCrypto()
const random = createNodeRandom()

/** The repository, also when this file was bundled into one of its caches. */
const root = (() => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) folder = join(folder, '..')
  return folder
})()

/** Bundles the child and its threads as the application does; returns the folder, which the caller removes. */
export async function buildClusterChild(): Promise<string> {
  const folder = join(root, '.cache', `cluster-child-${process.pid}`)
  const kit = (await import(pathToFileURL(join(root, 'scripts/lib/bundle.mjs')).href)) as {
    bundle(entries: Record<string, string>, folder: string): Promise<void>
  }
  await kit.bundle({ child: join(root, 'src/main/node/cluster-child.test-kit.ts') }, folder)
  return folder
}

export interface ClusterMember {
  readonly memberId: string
  readonly kind: MemberKind
  readonly storePath: string
  /** The last it said; null while it is down. */
  status: ClusterStatus | null
  /** Roots in hex that it accepted, over all its processes. */
  readonly accepted: string[]
  readonly failures: string[]
  isUp: boolean
  start(lie?: Lie | null, diesInRangeMs?: number | null): Promise<void>
  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>
  work(everyMs: number): void
  /** Accepts so many visits at once. */
  fill(count: number): void
  rest(): void
  /** In order, as a person would. */
  close(): Promise<void>
}

export interface Cluster {
  readonly members: readonly ClusterMember[]
  readonly voters: readonly ClusterMember[]
  /** Cuts or joins every line between two groups. */
  part(a: readonly ClusterMember[], b: readonly ClusterMember[]): void
  join(): void
  /** Everything accepted anywhere is final on all of these that run, once, under one tip. */
  isSettled(of?: readonly ClusterMember[]): boolean
  /**
   * After `close`: what the disks say, and what was signed over all processes, killed ones too. Null, or what is wrong.
   * @param liars whose own disks and signatures are not asked about
   */
  examine(liars?: readonly ClusterMember[]): Promise<string | null>
  close(): Promise<void>
}

export interface ClusterOptions {
  readonly built: string
  readonly folder: string
  readonly voters?: number
  readonly others?: readonly MemberKind[]
}

export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { built, folder, voters = 4, others = ['university', 'insurer'] } = options
  const kinds: MemberKind[] = [...Array.from({ length: voters }, () => 'hospital' as const), ...others]
  const founded = foundTogether(crypto, random, Date.now(), {
    name: 'Cluster (synthetic)',
    policy: { timestampGranularityMs: 1 },
    members: kinds.map((kind, i) => ({
      institutionName: `${kind} ${i + 1}`,
      personName: 'Lin',
      roles: ['clerk'],
      kind,
      isVoter: kind === 'hospital',
    })),
  })
  const ports = await ownPorts(kinds.length)
  /** By dialler and listener. */
  const lines = new Map<string, FaultProxy>()
  for (const [i] of kinds.entries())
    for (const [j] of kinds.entries()) if (i !== j) lines.set(`${i} ${j}`, await openFaultProxy(ports[j]!))
  const children = new Set<ChildProcess>()
  const members: ClusterMember[] = []
  for (const [i, kind] of kinds.entries()) {
    const storePath = join(folder, `member-${i}`)
    await mkdir(folder, { recursive: true })
    const store = await openLevelStore(storePath)
    await prepareChainStore(store, founded[i]!.genesisBytes, random(16))
    await store.close()
    members.push(memberAt(i, kind, storePath))
  }

  function setupOf(
    i: number,
    storePath: string,
    lie: Lie | null,
    diesInRangeMs: number | null,
  ): ClusterSetup {
    const { keys, memberId } = founded[i]!
    return {
      memberId,
      nodeKeys: toHex(encodeNodeKeys(keys.node)),
      custodianEpoch: encodeCustodian(keys.session.custodianEpochs),
      storePath,
      port: ports[i]!,
      peers: founded.flatMap(({ memberId: peer }, j) =>
        j === i ? [] : [{ memberId: peer, port: lines.get(`${i} ${j}`)!.port }],
      ),
      lie,
      diesInRangeMs,
      signaturesPath: signaturesOf(storePath),
    }
  }

  function memberAt(i: number, kind: MemberKind, storePath: string): ClusterMember {
    let child: ChildProcess | null = null
    let gone = Promise.resolve()
    let nextVisit = 1_000_000 * i
    const tell = (command: ClusterCommand): void => {
      if (child?.connected === true) child.send(command)
    }
    const member: ClusterMember = {
      memberId: founded[i]!.memberId,
      kind,
      storePath,
      status: null,
      accepted: [],
      failures: [],
      isUp: false,
      get gone() {
        return gone
      },
      async start(lie = null, diesInRangeMs = null) {
        await gone
        const started = fork(join(built, 'child.js'), [], {
          execArgv: ['--import', pathToFileURL(join(root, 'bin/polyfill-node20.mjs')).href],
          stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        })
        child = started
        children.add(started)
        gone = new Promise((resolve) =>
          started.once('exit', () => {
            children.delete(started)
            member.isUp = false
            member.status = null
            resolve()
          }),
        )
        const isStarted = new Promise<void>((resolve, reject) => {
          started.on('message', (event: ClusterEvent) => {
            switch (event.kind) {
              case 'started':
                member.isUp = true
                return resolve()
              case 'accepted':
                return void member.accepted.push(...event.roots)
              case 'status':
                member.status = event.status
                return
              case 'failed':
                member.failures.push(event.error)
                return reject(new Error(event.error))
              case 'closed':
                return
            }
          })
          started.once('exit', () => resolve())
        })
        tell({ kind: 'setup', setup: setupOf(i, storePath, lie, diesInRangeMs) })
        await isStarted
      },
      kill: (signal) => void child?.kill(signal),
      work(everyMs) {
        tell({ kind: 'work', everyMs, from: nextVisit })
        // Another process of this member begins with others.
        nextVisit += 10_000
      },
      fill(count) {
        tell({ kind: 'fill', count, from: nextVisit })
        nextVisit += count
      },
      rest: () => tell({ kind: 'rest' }),
      async close() {
        // One that a failed test left stopped could not hear it.
        child?.kill('SIGCONT')
        tell({ kind: 'close' })
        await gone
      },
    }
    return member
  }

  const cluster: Cluster = {
    members,
    voters: members.slice(0, voters),
    part(a, b) {
      for (const one of a)
        for (const other of b) {
          const [i, j] = [members.indexOf(one), members.indexOf(other)]
          lines.get(`${i} ${j}`)!.cut()
          lines.get(`${j} ${i}`)!.cut()
        }
    },
    join() {
      for (const line of lines.values()) line.join()
    },
    isSettled(of = members) {
      const up = of.filter(({ isUp }) => isUp)
      const count = members.reduce((sum, { accepted }) => sum + accepted.length, 0)
      const tips = new Set(up.map(({ status }) => status?.tip))
      // One that was killed between writing and telling has accepted more than it told.
      return tips.size === 1 && up.every(({ status }) => status!.queued === 0 && status!.blockCount >= count)
    },
    async examine(liars = []) {
      const wrong: string[] = []
      const accepted = members.flatMap(({ accepted: roots }) => roots)
      const tips = new Set<string>()
      for (const [i, member] of members.entries()) {
        if (liars.includes(member)) continue
        const { storePath, kind } = member
        const store = await openLevelStore(storePath, { mustExist: true })
        try {
          const seen = new Map<string, number>()
          for await (const { value } of store.scan(rangeOf('b'))) {
            const block = readBlockValue(value)
            if (block.kind !== 'ok') wrong.push(`${i}: a block is ${block.kind}`)
            else {
              const name = toHex(decodeHead(block.value.head)!.merkleRoot)
              seen.set(name, (seen.get(name) ?? 0) + 1)
            }
          }
          wrong.push(...accepted.filter((name) => !seen.has(name)).map((name) => `${i}: ${name} is missing`))
          for (const [name, count] of seen) if (count > 1) wrong.push(`${i}: ${name} ${count} times`)
          let rows = 0
          for await (const _ of store.scan(rangeOf('k'))) rows++
          if (kind !== 'hospital' && rows > 0) wrong.push(`${i}: ${rows} key-box rows`)
          if (kind === 'hospital' && rows < seen.size)
            wrong.push(`${i}: ${rows} rows for ${seen.size} blocks`)
          const { keys } = founded[i]!
          const verified = await verifyStore(crypto, store, {
            chainId: fromHex(founded[0]!.chainId) as never,
            epochs: kind === 'hospital' ? { gateway: keys.node.gatewayEpochs } : {},
            areRowsHeld: kind === 'hospital',
            isCancelled: () => false,
            onProgress: () => {},
          })
          if (verified.kind === 'ok') tips.add(verified.tip)
          else wrong.push(`${i}: ${JSON.stringify(verified)}`)
        } finally {
          await store.close()
        }
      }
      if (tips.size > 1) wrong.push(`${tips.size} tips`)
      wrong.push(...members.flatMap((member) => (liars.includes(member) ? [] : member.failures)))
      const book = createSignatureBook()
      const kept = cluster.voters.map(({ storePath }) => signaturesOf(storePath)).filter(existsSync)
      // What too few have noted down says nothing.
      if (kept.length < quorumOf(voters)) wrong.push(`only ${kept.length} voters have signed anything`)
      for (const path of kept) book.take(path)
      for (const voter of cluster.voters) {
        const doubles = book.doubles().filter((place) => place.startsWith(voter.memberId))
        if (liars.includes(voter) ? doubles.length === 0 : doubles.length > 0)
          wrong.push(`signed twice: ${doubles.join(', ') || `nothing, although ${voter.memberId} lied`}`)
      }
      return wrong.length === 0 ? null : wrong.slice(0, 10).join('; ')
    },
    async close() {
      for (const member of members) if (member.isUp) await member.close()
      for (const child of children) child.kill('SIGKILL')
      for (const line of lines.values()) await line.close()
    },
  }
  return cluster
}

const signaturesOf = (storePath: string): string => `${storePath}.signatures`

export async function removeBuilt(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}

/** Of each hospital: enough to be in the middle of something, little enough for few cores. */
const WORK_EVERY_MS = 120

/** Kills a voter under load, again and again; gives what is wrong afterwards, or null. */
export async function killUnderLoad(
  options: ClusterOptions,
  cycles: number,
  dice: () => number,
): Promise<string | null> {
  const cluster = await openCluster(options)
  try {
    await Promise.all(cluster.members.map((member) => member.start()))
    for (const voter of cluster.voters) voter.work(WORK_EVERY_MS)
    for (let cycle = 0; cycle < cycles; cycle++) {
      const victim = cluster.voters[Math.floor(dice() * cluster.voters.length)]!
      await pause(dice() * 300)
      victim.kill('SIGKILL')
      await victim.gone
      await victim.start()
      victim.work(WORK_EVERY_MS)
    }
    for (const voter of cluster.voters) voter.rest()
    await pause(200)
    await until(() => cluster.isSettled() && cluster.voters.every(hasRows))
    const wrong = cluster.voters.flatMap(({ status }, i) => [
      ...(status!.standing === 'voting' ? [] : [`${i} ${status!.standing}`]),
      ...status!.accused.map((name) => `${i} accuses ${name}`),
      ...status!.suspended.map((name) => `${name} is named in the chain`),
    ])
    await cluster.close()
    const examined = await cluster.examine()
    return wrong.length === 0 ? examined : `${wrong.join('; ')}; ${examined ?? ''}`
  } finally {
    await cluster.close()
  }
}

/** Several answers of a range, so that a kill may come before, between and after writes. */
const FILL_EACH = 1_500
/** About what it takes to verify and write one answer. */
const DIES_WITHIN_MS = 400

/**
 * An empty hospital catches up with a filled chain and is killed again and again while its thread writes the range.
 * @param kills at most; it ends earlier when one of them comes after the last write
 */
export async function killDuringCatchUp(
  options: ClusterOptions,
  kills: number,
  dice: () => number,
): Promise<{ wrong: string | null; halfway: number }> {
  const cluster = await openCluster({ ...options, others: [] })
  const late = cluster.voters.at(-1)!
  const present = cluster.voters.slice(0, -1)
  let halfway = 0
  try {
    await Promise.all(present.map((member) => member.start()))
    for (const member of present) member.fill(FILL_EACH)
    const count = present.length * FILL_EACH
    await until(
      () => cluster.isSettled(present) && present.every(({ status }) => status!.blockCount === count),
    )
    const isThere = (): boolean => late.status?.blockCount === count
    for (let kill = 0; kill < kills; kill++) {
      await late.start(null, dice() * DIES_WITHIN_MS)
      await until(() => !late.isUp || isThere())
      late.kill('SIGKILL')
      await late.gone
      const store = await openLevelStore(late.storePath, { mustExist: true })
      let blocks = 0
      for await (const _ of store.scan(rangeOf('b'))) blocks++
      await store.close()
      if (blocks === count) break
      halfway++
    }
    await late.start()
    await until(() => cluster.isSettled() && hasRows(late))
    // It takes part from here on: what it signs is among what is looked at.
    for (const voter of cluster.voters) voter.work(WORK_EVERY_MS)
    await until(() => late.status!.standing === 'voting' && late.status!.blockCount > count + 20)
    for (const voter of cluster.voters) voter.rest()
    await pause(200)
    await until(() => cluster.isSettled() && cluster.voters.every(hasRows))
    await cluster.close()
    return { wrong: await cluster.examine(), halfway }
  } finally {
    await cluster.close()
  }
}

export const hasRows = ({ status }: ClusterMember): boolean => status!.rowsHeldUpTo === status!.blockCount

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Waits for what must come; the test's own limit ends a wait for what never does. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(20)
}
