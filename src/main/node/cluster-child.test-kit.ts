/** A member in a process of its own, with the disk, threads and network of the product. Commands come from the parent. */
import { encode, decode } from 'cborg'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { createCheckWorker } from '../workers/check.ts'
import { startSyncThread } from '../workers/sync.ts'
import type { MemberId } from './chain/ids.ts'
import { createNodeCrypto, createNodeRandom } from './crypto-node.ts'
import { lyingNetwork, type Lie } from './lies.test-kit.ts'
import { NODE_LIMITS } from './limits.ts'
import { createLibp2pWires } from './network/libp2p.ts'
import { createMeshNetwork, type NetworkAbout, type NodeNetwork } from './network/node-network.ts'
import { startNode, type ChainNode } from './node.ts'
import { sampleFields } from './node.test-kit.ts'
import { sealVisits } from './seal-visits.ts'
import { createSignatureBook } from './signatures.test-kit.ts'
import { openLevelStore } from './storage/level.ts'
import { decodeNodeKeys, newestEpoch } from './vault/institution-keys.ts'

/** Bytes as hex, since it passes between processes. */
export type ClusterSetup = {
  readonly memberId: string
  readonly nodeKeys: string
  readonly custodianEpoch: string
  readonly storePath: string
  readonly port: number
  /** Where this member finds each other one: a port of the fault proxy. */
  readonly peers: readonly { readonly memberId: string; readonly port: number }[]
  readonly lie: Lie | null
  /** It kills itself this long after its range thread got the first range; null for one that lives on. */
  readonly diesInRangeMs: number | null
  /** Where it notes what it signs, over all its processes. */
  readonly signaturesPath: string
}

export type ClusterCommand =
  | { readonly kind: 'setup'; readonly setup: ClusterSetup }
  /** Accepts a visit every so often, until `rest`. */
  | { readonly kind: 'work'; readonly everyMs: number; readonly from: number }
  /** Accepts so many at once. */
  | { readonly kind: 'fill'; readonly count: number; readonly from: number }
  | { readonly kind: 'rest' }
  | { readonly kind: 'close' }

export type ClusterEvent =
  | { readonly kind: 'started' }
  /** These are durable on this machine: they must become final exactly once. */
  | { readonly kind: 'accepted'; readonly roots: readonly string[] }
  | { readonly kind: 'status'; readonly status: ClusterStatus }
  | { readonly kind: 'closed' }
  | { readonly kind: 'failed'; readonly error: string }

export type ClusterStatus = {
  readonly state: string
  readonly height: number
  readonly blockCount: number
  readonly tip: string
  readonly queued: number
  readonly standing: string
  readonly votersReachable: number
  readonly rowsHeldUpTo: number
  /** Members named by evidence in the chain. */
  readonly suspended: readonly string[]
  /** Contradictions that this node saw, by member. */
  readonly accused: readonly string[]
  readonly banned: readonly string[]
  /** The others, as it sees them: whether they are there, and the height that they said last. */
  readonly peers: readonly { readonly name: string; readonly state: string; readonly height: number | null }[]
  /** Messages of this member that left changed. */
  readonly lieCount: number
}

export const STATUS_EVERY_MS = 100

if (process.send !== undefined) {
  const tell = (event: ClusterEvent): void => void process.send!(event)
  const fail = (error: unknown): void =>
    tell({ kind: 'failed', error: error instanceof Error ? `${error.stack}` : String(error) })
  let act: (command: ClusterCommand) => void = () => {}
  process.on('message', (command: ClusterCommand) => {
    if (command.kind === 'setup') start(command.setup, tell, fail).then((run) => (act = run), fail)
    else act(command)
  })
  process.on('disconnect', () => process.exit(0))
}

async function start(
  setup: ClusterSetup,
  tell: (event: ClusterEvent) => void,
  fail: (error: unknown) => void,
): Promise<(command: ClusterCommand) => void> {
  const crypto = createNodeCrypto()
  const random = createNodeRandom()
  const keys = decodeNodeKeys(fromHex(setup.nodeKeys))
  const memberId = fromHex(setup.memberId) as Uint8Array as MemberId
  const store = await openLevelStore(setup.storePath, { mustExist: true, sharedBetweenThreads: true })
  let lieCount = 0
  const openNetwork = (about: NetworkAbout): NodeNetwork => {
    const wires = createLibp2pWires({
      crypto,
      chainId: about.chainId,
      networkSecret: about.networkSecret,
      generations: about.generations.map((key) => ({ ...key, listen: `127.0.0.1:${setup.port}` })),
      // Many processes on few cores: slow is not strange here.
      limits: { strangerMs: 15_000, upgradeMs: 20_000 },
    })
    const mesh = createMeshNetwork(
      {
        ...about,
        addresses: setup.peers.map(({ memberId: peer, port }) => ({
          peer,
          addresses: [{ generation: 0, address: `127.0.0.1:${port}` }],
        })),
      },
      {
        crypto,
        random,
        wires,
        // Only the ports of the proxy: what is told between members would lead around it.
        announce: () => [],
        limits: {
          dialGraceMs: 300,
          dialBackoffFirstMs: 100,
          dialBackoffMaxMs: 1_000,
          helloMs: 15_000,
          upgradeMs: 20_000,
          floodMs: 1_000,
          banFirstMs: 3_600_000,
        },
      },
    )
    // Below the liar: what leaves is what counts.
    const network = createSignatureBook(setup.signaturesPath).watch(mesh, about)
    return setup.lie === null
      ? network
      : lyingNetwork(network, about, setup.lie, {
          crypto,
          consensusSecret: keys.consensus,
          onLie: () => lieCount++,
        })
  }
  const node: ChainNode = await startNode({
    store,
    storePath: setup.storePath,
    keys,
    saveKeys: async () => true,
    memberId,
    crypto,
    random,
    checker: createCheckWorker(),
    limits: NODE_LIMITS,
    now: Date.now,
    freeBytes: async () => null,
    openNetwork,
    async openRangeThread() {
      const thread = await startSyncThread(setup.storePath)
      if (setup.diesInRangeMs === null) return thread
      let isDying = false
      return {
        ...thread,
        apply(from, answer, laterBodies) {
          if (!isDying) setTimeout(() => process.kill(process.pid, 'SIGKILL'), setup.diesInRangeMs!)
          isDying = true
          return thread.apply(from, answer, laterBodies)
        },
      }
    },
  })
  const accused = new Set<string>()
  node.onAlert((alert) => {
    if (alert.kind !== 'evidence') return
    const { first } = alert.evidence
    accused.add(toHex('vote' in first ? first.vote.memberId : first.proposal.memberId))
  })
  const status = (): void => {
    const now = node.status
    const peers = node.peers().map(({ name, state, height }) => ({ name, state, height }))
    tell({
      kind: 'status',
      status: {
        state: now.state,
        height: now.height,
        blockCount: now.blockCount,
        tip: now.tip,
        queued: now.queuedCount,
        standing: now.standing,
        votersReachable: now.votersReachable,
        rowsHeldUpTo: node.rowsHeldUpTo,
        suspended: node.ledger.state.consortium.suspensions.map(({ memberId: id }) => toHex(id)),
        accused: [...accused],
        banned: peers.filter(({ state }) => state === 'banned').map(({ name }) => name),
        peers,
        lieCount,
      },
    })
  }
  setInterval(status, STATUS_EVERY_MS)
  tell({ kind: 'started' })
  status()

  let timer: ReturnType<typeof setInterval> | null = null
  let next = 0
  const custodian = (): { epoch: number; key: Uint8Array } => {
    const [epoch, key] = decode(fromHex(setup.custodianEpoch)) as [number, Uint8Array]
    return { epoch, key }
  }
  async function submit(count = 1): Promise<void> {
    const records = Array.from({ length: count }, () => sampleFields(next++, toHex(node.memberId)))
    const sealed = sealVisits(crypto, random, node.sealingKeys(custodian()), records)
    const visits = sealed.flatMap((each) => (each.kind === 'sealed' ? [each.visit] : []))
    await node.submit(visits, node.reserve(visits.length), [])
    tell({ kind: 'accepted', roots: visits.map(({ merkleRoot }) => toHex(merkleRoot)) })
  }
  return (command) => {
    switch (command.kind) {
      case 'work':
        next = command.from
        timer ??= setInterval(() => void submit().catch(fail), command.everyMs)
        return
      case 'fill':
        next = command.from
        submit(command.count).catch(fail)
        return
      case 'rest':
        if (timer !== null) clearInterval(timer)
        timer = null
        return
      case 'close':
        void node
          .close()
          .then(() => store.close())
          .then(() => {
            tell({ kind: 'closed' })
            process.exit(0)
          }, fail)
        return
      case 'setup':
        return
    }
  }
}

/** How a custodian's key travels to the child. */
export function encodeCustodian(
  keys: readonly { readonly epoch: number; readonly key: Uint8Array }[],
): string {
  const { epoch, key } = newestEpoch(keys)
  return toHex(encode([epoch, key]))
}
