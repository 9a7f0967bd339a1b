/** Against least squares in doubles, by the normal equations of the very sums that must hold. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consistentFlows, OUTSIDE, type Edge } from './flow-network.ts'

/** Layers of places, each reached from the one before; between the halves of a place an edge that nobody measured. */
const network = fc
  .record({
    layers: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
    values: fc.array(fc.integer({ min: -50, max: 400 }), { minLength: 200, maxLength: 200 }),
    variances: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 200, maxLength: 200 }),
    /** Edges that are left out, but for one into and one out of each place. */
    isThere: fc.array(fc.boolean(), { minLength: 200, maxLength: 200 }),
  })
  .map(({ layers, values, variances, isThere }) => {
    const edges: Edge[] = []
    let placeCount = OUTSIDE + 1
    const measured = (tail: number, head: number) =>
      edges.push({
        tail,
        head,
        measured: { value: BigInt(values[edges.length]!), variance: BigInt(variances[edges.length]!) },
      })
    let before = [OUTSIDE]
    for (const size of layers) {
      const now = Array.from({ length: size }, () => ({ into: placeCount++, passed: placeCount++ }))
      for (const [i, { into }] of now.entries())
        for (const [j, tail] of before.entries())
          if (j === i % before.length || isThere[edges.length]!) measured(tail, into)
      for (const { into, passed } of now) edges.push({ tail: into, head: passed, measured: null })
      before = now.map(({ passed }) => passed)
    }
    // Twice, as waits are several ways between two places.
    for (const tail of before) for (let i = 0; i < 2; i++) measured(tail, OUTSIDE)
    // Where the layer behind is smaller, whoever has no way on ends.
    for (const { head } of [...edges])
      if (head !== OUTSIDE && !edges.some(({ tail }) => tail === head)) measured(head, OUTSIDE)
    return { placeCount, edges }
  })

/** z - V Cᵀ (C V Cᵀ)⁻¹ C z with Gauss's elimination; unmeasured edges have a variance that nothing holds back. */
function byHand(placeCount: number, edges: readonly Edge[]) {
  const FREE = 1e7
  const value = edges.map(({ measured }) => Number(measured?.value ?? 0))
  const variance = edges.map(({ measured }) => (measured === null ? FREE : Number(measured.variance)))
  const rules = Array.from({ length: placeCount - 1 }, (_, i) =>
    edges.map(({ tail, head }) => (head === i + 1 ? 1 : 0) - (tail === i + 1 ? 1 : 0)),
  )
  const m = rules.map((a) => rules.map((b) => a.reduce((sum, x, e) => sum + x * b[e]! * variance[e]!, 0)))
  const inverse = invert(m)
  const gain = (e: number, f: number): number => {
    let sum = 0
    for (const [a, ra] of rules.entries())
      for (const [b, rb] of rules.entries())
        if (ra[e] !== 0 && rb[f] !== 0) sum += ra[e]! * inverse[a]![b]! * rb[f]!
    return variance[e]! * sum
  }
  return edges.map((_, e) => ({
    value: value[e]! - edges.reduce((sum, _each, f) => sum + gain(e, f) * value[f]!, 0),
    variance: variance[e]! - gain(e, e) * variance[e]!,
  }))
}

function invert(matrix: readonly (readonly number[])[]): number[][] {
  const rows = matrix.map((line, i) => [...line, ...line.map((_, j) => (i === j ? 1 : 0))])
  for (let k = 0; k < rows.length; k++) {
    const best = rows
      .slice(k)
      .reduce((at, line, i) => (Math.abs(line[k]!) > Math.abs(rows[at]![k]!) ? k + i : at), k)
    ;[rows[k], rows[best]] = [rows[best]!, rows[k]!]
    const pivot = rows[k]!.map((each) => each / rows[k]![k]!)
    rows[k] = pivot
    for (const [i, line] of rows.entries())
      if (i !== k) rows[i] = line.map((each, j) => each - line[k]! * pivot[j]!)
  }
  return rows.map((line) => line.slice(matrix.length))
}

describe('flows that are made consistent', () => {
  it('are least squares to less than one, with their variance, and every sum holds exactly', () => {
    fc.assert(
      fc.property(network, ({ placeCount, edges }) => {
        const flows = consistentFlows(placeCount, edges)
        const expected = byHand(placeCount, edges)
        for (const [e, { value, variance }] of flows.entries()) {
          expect(Math.abs(Number(value) - expected[e]!.value)).toBeLessThan(1.001)
          const exact = Number(variance.numerator) / Number(variance.denominator)
          const { measured } = edges[e]!
          // What nobody measured is ten millions less what is known of it: doubles lose some of that.
          expect(Math.abs(exact - expected[e]!.variance)).toBeLessThan(measured === null ? 0.1 : 0.01)
          if (measured !== null) expect(exact).toBeLessThanOrEqual(Number(measured.variance))
        }
        for (let place = 1; place < placeCount; place++) {
          let surplus = 0n
          for (const [e, { tail, head }] of edges.entries())
            if (head === place) surplus += flows[e]!.value
            else if (tail === place) surplus -= flows[e]!.value
          expect(surplus).toBe(0n)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('stay as they are where they agree already', () => {
    const measured = (value: bigint) => ({ value, variance: 1n })
    const edges: Edge[] = [
      { tail: OUTSIDE, head: 1, measured: measured(7n) },
      { tail: OUTSIDE, head: 1, measured: measured(5n) },
      { tail: 1, head: 2, measured: null },
      { tail: 2, head: OUTSIDE, measured: measured(12n) },
    ]
    expect(consistentFlows(3, edges).map(({ value }) => value)).toEqual([7n, 5n, 12n, 12n])
  })

  it('become whole without a sum that breaks: thirds of one person', () => {
    const edges: Edge[] = [
      { tail: OUTSIDE, head: 1, measured: { value: 1n, variance: 1n } },
      { tail: 1, head: OUTSIDE, measured: { value: 0n, variance: 1n } },
      { tail: 1, head: OUTSIDE, measured: { value: 0n, variance: 1n } },
    ]
    const [all, one, other] = consistentFlows(2, edges).map(({ value }) => value)
    expect(one! + other!).toBe(all)
  })
})
