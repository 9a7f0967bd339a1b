/** Age bands as an exposure file writes them (`18-29`, `65+`), as edges that a request may have, and back. Pure. */

export interface AgeBand {
  readonly label: string
  readonly from: number
  /** Last year in it; null where it has no end. */
  readonly to: number | null
}

export type AgeBands =
  | { readonly kind: 'bands'; readonly bands: readonly AgeBand[]; readonly edges: readonly number[] }
  /** The labels that cannot be read, overlap, leave a gap, or begin at no multiple of five. */
  | { readonly kind: 'unclear'; readonly labels: readonly string[] }

/** Edges of the dictionary's ages are multiples of it (docs/spec/privacy.md Q2). */
const STEP = 5

export function ageBandsOf(labels: readonly string[]): AgeBands {
  const read = labels.map(bandOf)
  const unread = labels.filter((_, i) => read[i] === null)
  if (unread.length > 0) return { kind: 'unclear', labels: unread }
  const bands = read.flatMap((band) => band ?? []).sort((a, b) => a.from - b.from)
  const wrong = bands.filter((band, i) => {
    const next = bands[i + 1]
    const isEdge = i === 0 || band.from % STEP === 0
    return !isEdge || (next !== undefined && (band.to === null || band.to + 1 !== next.from))
  })
  if (wrong.length > 0) return { kind: 'unclear', labels: wrong.map(({ label }) => label) }
  return { kind: 'bands', bands, edges: bands.slice(1).map(({ from }) => from) }
}

/** Names of the bins between edges: the file's own where it has such a band. */
export function bandLabels(edges: readonly number[], bands: readonly AgeBand[]): string[] {
  return Array.from({ length: edges.length + 1 }, (_, i) => {
    const from = i === 0 ? null : edges[i - 1]!
    const own = bands.find((band, b) => (from === null ? b === 0 : band.from === from))
    if (own !== undefined) return own.label
    const to = edges[i]
    return to === undefined ? `${from ?? 0}+` : `${from ?? 0}-${to - 1}`
  })
}

function bandOf(label: string): AgeBand | null {
  const [, from, to] = /^([0-9]{1,3})\s*(?:[-–]\s*([0-9]{1,3})|\+)$/.exec(label.trim()) ?? []
  if (from === undefined) return null
  const band = { label, from: Number(from), to: to === undefined ? null : Number(to) }
  return band.to !== null && band.to < band.from ? null : band
}
