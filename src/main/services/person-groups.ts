/** The people of this hospital's table as the links in the chain join them. */
import { toHex } from '../../shared/std/bytes.ts'
import { idsByKey, joinedKeys, linksOf, type PersonLink } from '../patients/person-links.ts'
import type { PatientRow } from '../patients/patient-row.ts'
import type { Desk } from './context.ts'

export interface PersonGroups {
  readonly links: readonly PersonLink[]
  /** The entries of one person, the given one first; alone where no link holds. */
  entriesOf(patientId: string): string[]
  /** The entry that a patient key of a link belongs to here, or null. */
  idOf(link: PersonLink, which: 'first' | 'second'): string | null
}

export async function personGroups({ node, names }: Pick<Desk, 'node' | 'names'>): Promise<PersonGroups> {
  const links = linksOf(await node.statements.list())
  if (links.length === 0) return { links, entriesOf: (patientId) => [patientId], idOf: () => null }
  const epochs = new Set(links.map(({ statement }) => statement.content.keyEpoch))
  const maps = new Map<number, ReadonlyMap<string, string>>()
  for (const epoch of epochs)
    maps.set(epoch, await idsByKey(names, epoch, (source) => node.patientKeyAt(source, epoch)))
  const joined = new Map<string, Set<string>>()
  for (const epoch of epochs) {
    const ofEpoch = links.filter(({ statement }) => statement.content.keyEpoch === epoch)
    for (const keys of new Set(joinedKeys(ofEpoch).values())) {
      const ids = [...keys].flatMap((key) => maps.get(epoch)?.get(key) ?? [])
      // Links of two epochs may meet in one entry.
      const all = new Set(ids.flatMap((id) => [...(joined.get(id) ?? [id])]))
      for (const id of all) joined.set(id, all)
    }
  }
  return {
    links,
    entriesOf: (patientId) => [
      patientId,
      ...[...(joined.get(patientId) ?? [])].filter((each) => each !== patientId),
    ],
    idOf: ({ statement }, which) =>
      maps.get(statement.content.keyEpoch)?.get(toHex(statement.content[which])) ?? null,
  }
}

/** Which entry stands for the person in a list: one with a national id, then the one with most visits. */
export function standsFor(rows: readonly PatientRow[]): PatientRow {
  return [...rows].sort(
    (a, b) =>
      Number(b.nationalId !== undefined) - Number(a.nationalId !== undefined) ||
      b.visitCount - a.visitCount ||
      a.createdAt - b.createdAt,
  )[0]!
}
