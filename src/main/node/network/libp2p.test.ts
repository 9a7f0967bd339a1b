import { createLibp2pWires, type Libp2pWires } from './libp2p.ts'
import type { Mesh, MeshOptions } from './mesh.ts'
import { ownPorts } from './own-ports.test-kit.ts'
import { makeMesh, testCrypto, TEST_LIMITS, type Cast } from './network.test-kit.ts'
import { transportContract } from './transport.contract.ts'

function wiresFor(cast: Cast, index: number, port: number): Libp2pWires {
  return createLibp2pWires({
    crypto: testCrypto,
    chainId: cast.chainId,
    networkSecret: cast.members[index]!.networkSecret,
    generations: [{ generation: 1, psk: cast.psk, listen: `127.0.0.1:${port}` }],
    limits: TEST_LIMITS,
  })
}

transportContract('the mesh over libp2p', async (cast, optionsOf = () => ({})) => {
  const ports = await ownPorts(cast.members.length)
  const known = cast.members.map(({ name }, index) => ({
    peer: name,
    addresses: [{ generation: 1, address: `127.0.0.1:${ports[index]}` }],
  }))
  const make = (index: number, options: Partial<MeshOptions> = {}): Mesh => {
    const identity = options.identity
    const wires =
      identity === undefined
        ? wiresFor(cast, index, ports[index]!)
        : wiresFor({ ...cast, chainId: identity.chainId }, index, ports[index]!)
    return makeMesh(cast, index, wires, { addresses: known, ...optionsOf(index), ...options })
  }
  const meshes = cast.members.map((_, index) => make(index))
  return {
    cast,
    meshes,
    make,
    async restart(index) {
      await meshes[index]!.stop()
      meshes[index] = make(index)
      await meshes[index]!.start()
      return meshes[index]!
    },
    async close() {
      for (const mesh of meshes) await mesh.stop()
    },
  }
})
