import { describe, expect, it } from 'vitest'
import { drawPath, NODE_WIDTH } from './merkle-drawing.ts'

const proof = {
  leafHash: 'leaf',
  path: [
    { side: 'right' as const, hash: 'a', result: 'r1' },
    { side: 'left' as const, hash: 'b', result: 'r2' },
    { side: 'right' as const, hash: 'c', result: 'root' },
  ],
}

describe('drawPath', () => {
  it('puts the root on top, the leaf at the bottom and each sibling on its own side', () => {
    const { nodes } = drawPath(proof)
    const path = nodes.filter((node) => node.kind !== 'sibling')
    expect(path.map((node) => node.hash)).toEqual(['root', 'r2', 'r1', 'leaf'])
    const level = (y: number) => nodes.filter((node) => node.y === y).sort((a, b) => a.x - b.x)
    const [, second, third, fourth] = [...new Set(nodes.map((node) => node.y))].map(level)
    expect(second?.map((node) => node.hash)).toEqual(['r2', 'c'])
    expect(third?.map((node) => node.hash)).toEqual(['b', 'r1'])
    expect(fourth?.map((node) => node.hash)).toEqual(['leaf', 'a'])
  })
  it('never lets two nodes of a level overlap, nor leave the picture', () => {
    const drawing = drawPath(proof)
    for (const node of drawing.nodes) {
      expect(node.x).toBeGreaterThanOrEqual(0)
      expect(node.x + NODE_WIDTH).toBeLessThanOrEqual(drawing.width)
      for (const other of drawing.nodes)
        if (other !== node && other.y === node.y)
          expect(Math.abs(other.x - node.x)).toBeGreaterThanOrEqual(NODE_WIDTH)
    }
  })
  it('draws a tree of one leaf as its root', () => {
    expect(drawPath({ leafHash: 'leaf', path: [] }).nodes).toMatchObject([{ hash: 'leaf', kind: 'root' }])
  })
})
