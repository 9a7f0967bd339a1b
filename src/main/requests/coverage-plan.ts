/** What is missing of the newest snapshot's coverage, and what publishing it costs. */
import type { CoveragePlan } from '../../shared/contract/requests.ts'
import { equalBytes, toHex } from '../../shared/std/bytes.ts'
import { budgetOf } from '../node/chain/privacy-ledger.ts'
import { STUDY_ID_BYTES } from '../node/chain/study-items.ts'
import type { ChainNode } from '../node/node.ts'
import { readSegmentTime } from '../node/storage/chain-store.ts'
import { bindingOf } from './budget.ts'
import { PUBLISHED_MAX, tablesOf } from './catalog.ts'
import { coverageOf, coveredBy } from './coverage.ts'
import { coveragePrice, coverageTables, YEAR_PATIENTS_LEAST } from './coverage-tables.ts'
import type { Documents } from './documents.ts'
import { ownMember } from './own-member.ts'

/** Tables of one snapshot are one study of the ledger, so that they take one place of a year's. */
export const coverageStudyId = (snapshotHash: Uint8Array): Uint8Array => snapshotHash.slice(0, STUDY_ID_BYTES)

/** @param years first seen in these, beside everybody */
export async function coveragePlanOf(
  node: ChainNode,
  documents: Documents,
  years: readonly string[],
): Promise<CoveragePlan> {
  if (ownMember(node).kind !== 'hospital') return { kind: 'refused', reason: 'not-a-hospital' }
  const state = node.ledger.state.consortium
  const newest = state.snapshots.at(-1)
  if (newest === undefined) return { kind: 'refused', reason: 'no-snapshot' }
  const snapshotHash = newest.itemHash
  const listed = await node.studies.index.list({ requesterClass: 'published', limit: PUBLISHED_MAX })
  const rows = listed.filter(
    (row) => row.state !== 'refused' && row.state !== 'expired' && equalBytes(row.snapshotHash, snapshotHash),
  )
  const covered = new Set<string>()
  for (const row of rows) {
    const question = (await documents.of(row))?.question ?? null
    const said = question === null ? null : coveredBy(question)
    for (const variable of said?.variables ?? []) covered.add(`${variable}/${said!.year}`)
  }
  const wanted = coverageTables(years)
  const tables = wanted.filter(({ variable, year }) => !covered.has(`${variable}/${year}`))
  const { poolMicroRho, chargeMicroRho } = budgetOf(state.policy)
  const microRho = coveragePrice(poolMicroRho.published, chargeMicroRho.table)
  const binding = bindingOf(
    state,
    { memberId: node.memberId, class: 'published' },
    { kind: 'table', microRho, snapshotHash, studyId: coverageStudyId(snapshotHash) },
    node.ledger.state.lastTime,
  )
  const stateAt = await readSegmentTime(node.store, newest.height)
  return {
    kind: 'plan',
    snapshot: toHex(snapshotHash),
    tables: tables.map((each) => ({ ...each })),
    publishedCount: wanted.length - tables.length,
    microRho,
    binding: binding!,
    years: {
      offered: stateAt === null ? [] : yearsBefore(stateAt),
      areEnough: coverageOf(await tablesOf(node, documents, answered(rows))).some(
        ({ year, known, missing }) =>
          year === null && known.value + (missing?.value ?? 0) >= YEAR_PATIENTS_LEAST,
      ),
    },
  }
}

const answered = <R extends { readonly state: string }>(rows: readonly R[]): R[] =>
  rows.filter(({ state }) => state === 'answered')

function yearsBefore(time: number): string[] {
  const year = new Date(time).getUTCFullYear()
  return [year - 1, year - 2].map((each) => String(each).padStart(4, '0'))
}
