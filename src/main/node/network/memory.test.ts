import { createMemoryHub } from './memory.ts'
import type { Mesh, MeshOptions } from './mesh.ts'
import { makeMesh } from './network.test-kit.ts'
import { transportContract } from './transport.contract.ts'

transportContract('the mesh in memory', async (cast, optionsOf = () => ({})) => {
  const hub = createMemoryHub()
  const hostOf = (index: number): string => `node-${index}`
  const known = cast.members.map(({ name }, index) => ({
    peer: name,
    addresses: [{ generation: 1, address: `${hostOf(index)}:4000` }],
  }))
  const make = (index: number, options: Partial<MeshOptions> = {}): Mesh => {
    const wires = hub.wires(hostOf(index), {
      networkKey: cast.members[index]!.entry.networkKey,
      generations: [{ generation: 1, psk: cast.psk, port: 4000 }],
    })
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
