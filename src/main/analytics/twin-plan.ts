/** What a twin is made to look like: every table of patients that hospitals released for everybody (docs/spec/twin.md). */
import { equalBytes } from '../../shared/std/bytes.ts'
import { cohortOfText } from '../gateway/definitions.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import type { ChainNode } from '../node/node.ts'
import { readSegmentTime } from '../node/storage/chain-store.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { readRelease } from '../privacy/answers/read-release.ts'
import { decodeRequest } from '../privacy/request/request-bytes.ts'
import { axesOf } from '../privacy/request/release-request.ts'
import { readDocument } from '../privacy/request/study-document.ts'
import type { ReleasedTable, TwinPlan } from './fill-twin.ts'

/** Enough for models with a few hundred events, and made in some seconds. */
const TWIN_PATIENTS = 4_000
const TWIN_SEED = 'twin'
/** The newest published answers that are looked at. */
const PUBLISHED_MOST = 200

export async function twinPlan(node: ChainNode): Promise<TwinPlan> {
  const rows = await node.studies.index.list({
    states: ['answered'],
    requesterClass: 'published',
    limit: PUBLISHED_MOST,
  })
  const tables: ReleasedTable[] = []
  for (const row of rows) {
    const table = await releasedTable(node, row)
    if (table !== null) tables.push(table)
  }
  return { seed: TWIN_SEED, patients: TWIN_PATIENTS, tables }
}

/** Null for what is no table of patients, and for what is not within reach. */
async function releasedTable(node: ChainNode, row: StudyRow): Promise<ReleasedTable | null> {
  const { exchange } = node.studies
  const documentBytes = await exchange.documentOf(row.commitment, row.studyHash)
  const answer = await exchange.answerOf(row.studyHash)
  const document = documentBytes === null ? null : readDocument(documentBytes)
  const release = answer === null ? null : readRelease(answer)
  if (document?.cohortText == null || document.cleaningText !== null || release?.kind !== 'table') return null
  const request = decodeRequest(document.requestBytes)
  if (request === null) return null
  const { output } = request
  const isOfPatients =
    (output.kind === 'histogram' || output.kind === 'table') && output.counted.unit === 'patients'
  // As a gateway reads it: the text has no title and no names of code sets.
  const cohort = cohortOfText(document.cohortText)
  const snapshotDay = await dayOf(node, row.snapshotHash)
  if (!isOfPatients || cohort === null || snapshotDay === null) return null
  return {
    cohort,
    axes: axesOf(output),
    cells: release.cells.map((cell) => (cell === null ? null : Number(cell))),
    snapshotDay,
  }
}

/** Of the state that was asked, as gateways count it; the question came later. Null where its segment is not here. */
async function dayOf(node: ChainNode, snapshotHash: ItemHash): Promise<number | null> {
  const { snapshots } = node.ledger.state.consortium
  const declared = snapshots.find(({ itemHash }) => equalBytes(itemHash, snapshotHash))
  const time = declared === undefined ? null : await readSegmentTime(node.store, declared.height)
  return time === null ? null : Math.floor(time / DAY_MS)
}
