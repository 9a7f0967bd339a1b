/**
 * How fast an empty node fetches, verifies and writes a chain over libp2p (noise, pnet) from two members in processes of
 * their own: `npm run bench -- catch-up [visits] [visits per segment]`. Four voters, so three signatures a certificate;
 * visits of a form, 4 KiB class. Synthetic.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeChainState } from '../src/main/node/chain/chain-state.ts'
import {
  crypto,
  fieldsOf,
  foundConsortium,
  sampleVisit,
  sealVisits,
  type Consortium,
} from '../src/main/node/chain/consortium.test-kit.ts'
import { createNodeRandom } from '../src/main/node/crypto-node.ts'
import { createLibp2pWires } from '../src/main/node/network/libp2p.ts'
import { createMesh, type Mesh } from '../src/main/node/network/mesh.ts'
import { peerName } from '../src/main/node/network/transport.ts'
import { prepareChainStore } from '../src/main/node/storage/chain-store.ts'
import { openLevelStore } from '../src/main/node/storage/level.ts'
import { startCatchUp } from '../src/main/node/sync/catch-up.ts'
import { createStoreSource } from '../src/main/node/sync/chain-source.ts'
import { startChainServer } from '../src/main/node/sync/serve-chain.ts'
import { chainOf, entriesOf, fillStore, storedState } from '../src/main/node/sync/sync.test-kit.ts'
import { startSyncThread } from '../src/main/workers/sync.ts'

type Serve = { index: number; folder: string; port: number }

// The same consortium in every process: all of it comes from a seed.
const consortium = foundConsortium({ voters: 4, seed: 'catch-up' })
const SERVERS = 2
const FIRST_PORT = 47_310

if (process.send === undefined) await measure()
else process.on('message', (message: Serve) => void serve(message))

function mesh(index: number, port: number, position: () => { epoch: number; height: number }): Mesh {
  const { member, authorSecret, networkSecret } = consortium.institutions[index]!
  const listen = `127.0.0.1:${port}`
  return createMesh({
    identity: {
      chainId: consortium.chainId,
      memberId: member.memberId,
      networkKey: member.networkKey,
      memberSecret: authorSecret,
      versions: { min: 1, max: 1 },
    },
    wires: createLibp2pWires({
      crypto,
      chainId: consortium.chainId,
      networkSecret,
      generations: [{ generation: 1, psk: new Uint8Array(32).fill(7), listen }],
    }),
    crypto,
    random: createNodeRandom(),
    members: entriesOf(consortium),
    position,
    addresses: consortium.institutions.map(({ member: { memberId } }, i) => ({
      peer: peerName(memberId),
      addresses: [{ generation: 1, address: `127.0.0.1:${FIRST_PORT + i}` }],
    })),
  })
}

async function serve({ index, folder, port }: Serve): Promise<void> {
  const store = await openLevelStore(folder, { mustExist: true })
  const state = await storedState(store, consortium)
  const transport = mesh(index, port, () => ({ epoch: 0, height: state.height }))
  startChainServer({ transport, source: createStoreSource(store, () => state), now: Date.now })
  await transport.start()
  process.send!('ready')
}

async function measure(): Promise<void> {
  const visits = Number(process.argv[2] ?? 20_000)
  const perSegment = Number(process.argv[3] ?? 200)
  const folder = await mkdtemp(join(tmpdir(), 'consilium-catch-up-'))
  const children: ChildProcess[] = []
  try {
    await run(folder, children, visits, perSegment)
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
  process.exit(0)
}

async function run(
  folder: string,
  children: ChildProcess[],
  visits: number,
  perSegment: number,
): Promise<void> {
  process.stderr.write(`sealing ${visits} visits\n`)
  let { bundles } = chainOf(consortium, sealAll(consortium, visits), perSegment)
  const bytes = bundles.reduce(
    (sum, { bodies }) => sum + bodies!.reduce((all, body) => all + body!.length, 0),
    0,
  )
  for (let i = 0; i < SERVERS; i++) {
    const path = join(folder, `server-${i}`)
    const store = await openLevelStore(path)
    await prepareChainStore(store, consortium.signedGenesis, new Uint8Array(16))
    await fillStore(store, consortium, bundles)
    await store.close()
    const child = fork(process.argv[1]!, [], {
      execArgv: process.execArgv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    children.push(child)
    const ready = new Promise((resolve) => child.once('message', resolve))
    child.send({ index: i, folder: path, port: FIRST_PORT + i } satisfies Serve)
    await ready
  }
  // What only the bench holds is not to be collected while the fetching is measured.
  bundles = []
  globalThis.gc?.()
  const path = join(folder, 'late')
  const store = await openLevelStore(path, { sharedBetweenThreads: true })
  await prepareChainStore(store, consortium.signedGenesis, new Uint8Array(16))
  let state = consortium.start
  const transport = mesh(3, FIRST_PORT + 3, () => ({ epoch: 0, height: state.height }))
  const thread = await startSyncThread(path)
  let done = (): void => {}
  const caughtUp = new Promise<void>((resolve) => (done = resolve))
  let startedAt = 0
  let startedCpu = process.cpuUsage()
  let busiest = 0
  const lag = watchLag((ms) => (busiest = Math.max(busiest, ms)))
  startCatchUp({
    transport,
    apply: (from, answer, laterBodies) => thread.apply(from, answer, laterBodies),
    startsWhenBehindBy: () => 1,
    host: {
      height: () => state.height,
      mayWrite: async () => true,
      async begin() {
        if (startedAt === 0) {
          startedAt = performance.now()
          startedCpu = process.cpuUsage()
          busiest = 0
        }
        await thread.begin()
      },
      async applied(range) {
        state = decodeChainState(crypto, range.state)!
      },
      async end() {
        if (state.blockCount === visits) done()
      },
    },
  })
  await transport.start()
  await caughtUp
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(startedCpu)
  lag()
  console.log(
    JSON.stringify({
      bench: 'catch-up',
      visits,
      perSegment,
      visitsPerSecond: Math.round(visits / seconds),
      // Of the fetching process, all threads: what is left when other work shares the machine.
      visitsPerCpuSecond: Math.round((visits * 1e6) / (user + system)),
      megabytesPerSecond: Number((bytes / seconds / 1e6).toFixed(1)),
      longestBlockOfMainThreadMs: Math.round(busiest),
    }),
  )
  await transport.stop()
  await thread.close()
  await store.close()
}

/** Sealing is what takes the time to prepare, so records are small. */
function sealAll(from: Consortium, visits: number) {
  const records = []
  for (let first = 0; first < visits; first += 1_000) {
    const count = Math.min(1_000, visits - first)
    const fields = Array.from({ length: count }, (_, i) => fieldsOf(sampleVisit(first + i)))
    records.push(...sealVisits(from, from.institutions[0]!, fields))
  }
  return records
}

function watchLag(report: (ms: number) => void): () => void {
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    report(now - last - 10)
    last = now
  }, 10)
  return () => clearInterval(timer)
}
