/** Where the nodes of a Merkle path stand: the root on top, each level one step down, siblings on their own side. Pure. */
export const NODE_WIDTH = 108
export const NODE_HEIGHT = 24
const LEVEL_HEIGHT = 46
const GAP = 16

export interface ProofPath {
  readonly leafHash: string
  readonly path: readonly {
    readonly side: 'left' | 'right'
    readonly hash: string
    readonly result: string
  }[]
}
export interface DrawnNode {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly hash: string
  readonly kind: 'root' | 'path' | 'sibling'
}
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly { readonly d: string; readonly isPath: boolean }[]
}

export function drawPath(proof: ProofPath): Drawing {
  const levels = proof.path.length
  const step = (NODE_WIDTH + GAP) / 2
  // From the root down, the path goes left where its sibling is on the right, and the other way round.
  const offsets: number[] = [0]
  for (let level = levels - 1; level >= 0; level--)
    offsets.push((offsets[offsets.length - 1] ?? 0) + (proof.path[level]?.side === 'right' ? -step : step))
  const siblings = offsets.slice(1).map((offset, i) => {
    const below = proof.path[levels - 1 - i]
    return offset + (below?.side === 'right' ? 2 * step : -2 * step)
  })
  const all = [...offsets, ...siblings]
  const left = Math.min(...all)
  const width = Math.max(...all) - left + NODE_WIDTH
  const nodes: DrawnNode[] = []
  const edges: { d: string; isPath: boolean }[] = []
  const y = (depth: number) => depth * LEVEL_HEIGHT
  offsets.forEach((offset, depth) => {
    const level = levels - depth
    const hash = level === 0 ? proof.leafHash : (proof.path[level - 1]?.result ?? proof.leafHash)
    const x = offset - left
    nodes.push({ id: `p${depth}`, x, y: y(depth), hash, kind: depth === 0 ? 'root' : 'path' })
    if (depth === 0) return
    const parentX = (offsets[depth - 1] ?? 0) - left + NODE_WIDTH / 2
    const sibling = (siblings[depth - 1] ?? 0) - left
    nodes.push({
      id: `s${depth}`,
      x: sibling,
      y: y(depth),
      hash: proof.path[level]?.hash ?? '',
      kind: 'sibling',
    })
    const curve = (to: number) => {
      const top = y(depth - 1) + NODE_HEIGHT
      const middle = (top + y(depth)) / 2
      return `M${parentX} ${top}C${parentX} ${middle} ${to} ${middle} ${to} ${y(depth)}`
    }
    edges.push(
      { d: curve(sibling + NODE_WIDTH / 2), isPath: false },
      { d: curve(x + NODE_WIDTH / 2), isPath: true },
    )
  })
  return { width, height: levels * LEVEL_HEIGHT + NODE_HEIGHT, nodes, edges }
}
