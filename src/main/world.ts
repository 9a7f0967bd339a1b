/** The real world for profiles: clock, dice, disk, threads. `compose.ts` and `headless.ts` are its only users. */
import { version as applicationVersion } from '../../package.json' with { type: 'json' }
import { createNodeCrypto, createNodeRandom } from './node/crypto-node.ts'
import { NODE_LIMITS, type NodeLimits } from './node/limits.ts'
import { freeBytes, openLevelStore } from './node/storage/level.ts'
import type { ProfileWorld } from './profile/open-profile.ts'
import { createCheckWorker } from './workers/check.ts'
import { startSyncThread } from './workers/sync.ts'

export function realWorld(limits: NodeLimits = NODE_LIMITS): ProfileWorld {
  return {
    applicationVersion,
    crypto: createNodeCrypto(),
    random: createNodeRandom(),
    now: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    // Shared, because verification and exports read it from threads of their own.
    openStore: (path, mustExist) => openLevelStore(path, { mustExist, sharedBetweenThreads: true }),
    createChecker: createCheckWorker,
    openRangeThread: startSyncThread,
    // Loaded when there are others: whoever is alone starts without it.
    openNetwork: async (about, settings) =>
      (await import('./libp2p-network.ts')).openLibp2pNetwork(about, settings),
    openPlaceWires: async (network) => (await import('./libp2p-network.ts')).openPlaceWires(network),
    freeBytes,
    limits,
  }
}
