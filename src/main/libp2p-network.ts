/** The network of the product: the mesh over libp2p. Loaded with the application, started only where there are others. */
import { createNodeCrypto, createNodeRandom } from './node/crypto-node.ts'
import { createLibp2pWires } from './node/network/libp2p.ts'
import {
  createMeshNetwork,
  type NetworkAbout,
  type NodeNetwork,
  type PreSharedKey,
} from './node/network/node-network.ts'
import type { Wires } from './node/network/wire.ts'
import type { NetworkSettings } from './profile/network-settings.ts'
import type { PlaceNetwork } from './work-place/place-network.ts'

export function openLibp2pNetwork(about: NetworkAbout, { listen, announce }: NetworkSettings): NodeNetwork {
  const crypto = createNodeCrypto()
  const listening = ({ generation, psk }: PreSharedKey) => ({
    generation,
    psk,
    listen: listen === null ? null : portAt(listen, generation),
  })
  const wires = createLibp2pWires({
    crypto,
    chainId: about.chainId,
    networkSecret: about.networkSecret,
    generations: about.generations.map(listening),
  })
  return createMeshNetwork(about, {
    crypto,
    random: createNodeRandom(),
    wires: {
      ...wires,
      openGeneration: (key) => wires.openGeneration(listening(key)),
    },
    ...(announce.length === 0
      ? {}
      : {
          announce: (generation: number) =>
            announce.map((address) => ({ generation, address: portAt(address, generation) })),
        }),
  })
}

/** Two generations overlap on neighbouring ports: the configured one and the next, in turn. */
function portAt(address: string, generation: number): string {
  const colon = address.lastIndexOf(':')
  const port = Number(address.slice(colon + 1))
  return port === 0 ? address : `${address.slice(0, colon)}:${port + (generation % 2)}`
}

/** One network of its own, with one pre-shared key that does not change. */
export function openPlaceWires({ networkSecret, psk, networkId, listen }: PlaceNetwork): Wires {
  return createLibp2pWires({
    crypto: createNodeCrypto(),
    chainId: networkId,
    networkSecret,
    generations: [{ generation: 1, psk, listen }],
  })
}
