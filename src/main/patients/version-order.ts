/**
 * Which version of a visit counts: the chain's order decides, not a clock. Of two versions that replace the same one, the
 * first in the chain counts; the second is kept, says that it came too late, and goes back to its author (ADR 0011). Pure.
 */
export interface VersionPlace {
  readonly merkleRoot: string
  readonly visitId: string
  readonly supersedes: string | null
  /** Block number; null while it waits, and then the own number orders. */
  readonly index: number | null
  readonly sequence: number
}

/** `conflict`: it replaces a version that another one had replaced before. */
export type VersionStanding = 'current' | 'superseded' | 'conflict'

/** By Merkle root. */
export function standingsOf(versions: readonly VersionPlace[]): Map<string, VersionStanding> {
  const byVisit = new Map<string, VersionPlace[]>()
  for (const version of versions) {
    const list = byVisit.get(version.visitId)
    if (list === undefined) byVisit.set(version.visitId, [version])
    else list.push(version)
  }
  const standings = new Map<string, VersionStanding>()
  for (const list of byVisit.values()) {
    const inOrder = [...list].sort(
      (a, b) => (a.index ?? Infinity) - (b.index ?? Infinity) || a.sequence - b.sequence,
    )
    let head: VersionPlace | null = null
    for (const version of inOrder) {
      // What this hospital cannot open any more (an erased version) may be missing between two that it can.
      const isNext: boolean =
        head === null || version.supersedes === head.merkleRoot || !standings.has(version.supersedes ?? '')
      standings.set(version.merkleRoot, isNext ? 'current' : 'conflict')
      if (!isNext) continue
      if (head !== null) standings.set(head.merkleRoot, 'superseded')
      head = version
    }
  }
  return standings
}
