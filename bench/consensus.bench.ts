/**
 * Four validators as processes of their own, over loopback with noise and a pre-shared key, beside an etcd of four nodes
 * in the same run. `npm run bench -- consensus [SECONDS]`. With `--cpu` only what a visit costs ours: milliseconds of the
 * processor in all four processes, which hardly depends on what else the machine does. With `--electron` the validators run
 * in Electron's runtime, as the application's main process does: its BoringSSL lacks ciphers that Node has, so that noise
 * falls back to slower code there.
 *
 * Rows: with every check before a vote (each record opened), with hashes and signatures only, and for records of the
 * usual size. Then the delay of the nodes' event loops at half of the measured capacity.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { letMembersMeet } from '../src/main/demonstration/meet.ts'
import { DEMONSTRATION_PASSPHRASE } from '../src/main/headless.ts'
import { foundTogether } from '../src/main/node/founding.ts'
import { createFoundedProfile } from '../src/main/profile/open-profile.ts'
import { realWorld } from '../src/main/world.ts'
import { serveMember, type MemberAnswer, type MemberCommand, type RecordSize } from './consensus-member.ts'
import { startEtcd, type EtcdCluster, type Load } from './etcd-cluster.ts'

const VALIDATORS = 4
const CLIENTS = [1, 64, 256, 1_000]
const MAIN_CLIENTS = 256
const VALUE_BYTES = 1_024
const SERIALS_PER_MEMBER = 1e9
const SCRYPT_COST = 2 ** 12
/** What runs the validators: this Node, or Electron without its window. */
const isInElectron = process.argv.includes('--electron')
const runtime = isInElectron
  ? execFileSync(process.execPath, ['scripts/electron-path.mjs'], { encoding: 'utf8' }).trim()
  : process.execPath

interface OurLoad extends Load {
  readonly loopDelayP99Ms: number
  /** Milliseconds of the processor for each final visit, sealing included, all four processes together. */
  readonly cpuMsPerVisit: number
}

async function measure(seconds: number): Promise<void> {
  const etcd = await startEtcd(VALIDATORS)
  const rows: object[] = []
  const say = (row: object): void => {
    rows.push(row)
    console.error(JSON.stringify(row))
  }
  try {
    const peers = new Map<number, Load | null>()
    const ours = new Map<number, OurLoad>()
    // Client count after client count, one system after the other, so that both meet the same machine.
    await withConsortium('opened', async (load) => {
      for (const clients of CLIENTS) {
        const peer = await loadOf(etcd, clients, seconds)
        const own = await load('smallest', clients, seconds)
        peers.set(clients, peer)
        ours.set(clients, own)
        say({ checks: 'every record opened', ...compared(clients, own, peer) })
      }
      say({
        checks: 'every record opened',
        record: 'usual',
        ...compared(
          MAIN_CLIENTS,
          await load('usual', MAIN_CLIENTS, seconds),
          peers.get(MAIN_CLIENTS) ?? null,
        ),
      })
      const half = Math.max(1, Math.round(clientsForHalf(ours)))
      const { perSecond, loopDelayP99Ms } = await load('smallest', half, seconds)
      say({ loopDelayAtHalfCapacity: { clients: half, perSecond, p99Ms: loopDelayP99Ms } })
    })
    await withConsortium('hashes', async (load) => {
      // The others had three loads before this one to become warm.
      for (const clients of CLIENTS.slice(0, 2)) await load('smallest', clients, seconds)
      const peer = peers.get(MAIN_CLIENTS) ?? null
      say({
        checks: 'hashes and signatures',
        ...compared(MAIN_CLIENTS, await load('smallest', MAIN_CLIENTS, seconds), peer),
      })
    })
    console.log(
      JSON.stringify({ bench: 'consensus', runtime: isInElectron ? 'electron' : 'node', seconds, rows }),
    )
  } finally {
    await etcd?.stop()
  }
}

/** Without etcd. */
async function measureCpu(seconds: number): Promise<void> {
  for (const opening of ['opened', 'hashes'] as const)
    await withConsortium(opening, async (load) => {
      // The compiler has its share for long: what is measured is what comes after.
      await load('smallest', MAIN_CLIENTS, 2 * seconds)
      const { perSecond, cpuMsPerVisit } = await load('smallest', MAIN_CLIENTS, seconds)
      const checks = opening === 'opened' ? 'every record opened' : 'hashes and signatures'
      console.log(JSON.stringify({ checks, perSecond: Math.round(perSecond), cpuMsPerVisit }))
    })
}

const loadOf = async (etcd: EtcdCluster | null, clients: number, seconds: number): Promise<Load | null> =>
  etcd === null ? null : etcd.load(clients, seconds, VALUE_BYTES)

function compared(clients: number, own: OurLoad, peer: Load | null): object {
  const { cpuMsPerVisit } = own
  const rounded = ({ perSecond, p50Ms, p99Ms }: Load) => ({
    perSecond: Math.round(perSecond),
    p50Ms: Number(p50Ms.toFixed(1)),
    p99Ms: Number(p99Ms.toFixed(1)),
  })
  return {
    clients,
    consilium: { ...rounded(own), cpuMsPerVisit },
    ...(peer === null
      ? {}
      : { etcd: rounded(peer), ratio: Number((own.perSecond / peer.perSecond).toFixed(3)) }),
  }
}

/** Closed-loop clients that give about half of the greatest rate, between the measured counts. */
function clientsForHalf(ours: ReadonlyMap<number, OurLoad>): number {
  const points = [...ours].sort(([a], [b]) => a - b)
  const half = Math.max(...points.map(([, { perSecond }]) => perSecond)) / 2
  let before: readonly [clients: number, rate: number] = [0, 0]
  for (const [clients, { perSecond }] of points) {
    if (perSecond >= half) {
      const [from, rate] = before
      return from + ((clients - from) * (half - rate)) / (perSecond - rate)
    }
    before = [clients, perSecond]
  }
  return points.at(-1)![0]
}

type LoadOn = (size: RecordSize, clients: number, seconds: number) => Promise<OurLoad>

/** Four fresh profiles and four processes, for as long as `work` takes. */
async function withConsortium(
  opening: 'opened' | 'hashes',
  work: (load: LoadOn) => Promise<void>,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'consilium-consensus-'))
  const world = { ...realWorld(), scryptCost: SCRYPT_COST }
  const founded = foundTogether(world.crypto, world.random, world.now(), {
    name: 'Bench consortium (synthetic)',
    policy: { authorQuotaPerHour: 1e9 },
    members: Array.from({ length: VALIDATORS }, (_, i) => ({
      institutionName: `Bench Hospital ${i + 1} (synthetic)`,
      personName: 'Bench',
      roles: ['clerk'],
      kind: 'hospital' as const,
      isVoter: true,
    })),
  })
  const folders = founded.map((_, i) => join(scratch, `hospital-${i + 1}`))
  for (const [i, each] of founded.entries())
    await createFoundedProfile(world, each, {
      folder: folders[i]!,
      institutionName: `Bench Hospital ${i + 1} (synthetic)`,
      passphrase: DEMONSTRATION_PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    })
  await letMembersMeet(world, folders)
  const children = folders.map((folder, i) =>
    fork(process.argv[1]!, ['member', folder, String(i), opening], {
      execPath: runtime,
      env: isInElectron ? { ...process.env, ELECTRON_RUN_AS_NODE: '1' } : process.env,
    }),
  )
  try {
    await Promise.all(children.map((child) => answerOf(child, 'ready')))
    await work(async (size, clients, seconds) => {
      const answers = await Promise.all(
        children.map((child, i) => {
          // A client more for the first ones where they do not divide.
          const share = Math.floor(clients / VALIDATORS) + (i < clients % VALIDATORS ? 1 : 0)
          tell(child, { kind: 'run', size, clients: share, seconds })
          return answerOf(child, 'ran')
        }),
      )
      const latencies = answers.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b)
      const quantile = (share: number) => latencies[Math.floor((latencies.length - 1) * share)] ?? Infinity
      return {
        perSecond: latencies.length / seconds,
        p50Ms: quantile(0.5),
        p99Ms: quantile(0.99),
        loopDelayP99Ms: Math.max(...answers.map(({ loopDelayP99Ms }) => loopDelayP99Ms)),
        cpuMsPerVisit: Number(
          (answers.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / Math.max(1, latencies.length)).toFixed(2),
        ),
      }
    })
    await Promise.all(
      children.map((child) => {
        tell(child, { kind: 'stop' })
        return answerOf(child, 'stopped')
      }),
    )
  } finally {
    for (const child of children) if (child.exitCode === null) child.kill('SIGTERM')
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
  }
}

const tell = (child: ChildProcess, command: MemberCommand): void => void child.send(command)

async function answerOf<Kind extends MemberAnswer['kind']>(
  child: ChildProcess,
  kind: Kind,
): Promise<Extract<MemberAnswer, { kind: Kind }>> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('a validator ended')
  })
  ended.catch(() => {})
  for (;;) {
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [MemberAnswer]
    if (answer.kind === kind) return answer as Extract<MemberAnswer, { kind: Kind }>
  }
}

if (process.argv[2] === 'member') {
  const [, , , folder, index, opening] = process.argv
  await serveMember(folder!, Number(index) * SERIALS_PER_MEMBER, opening === 'opened')
} else if (process.argv.includes('--cpu')) await measureCpu(Number(process.argv[2] ?? 10))
else await measure(Number(process.argv[2] ?? 10))
