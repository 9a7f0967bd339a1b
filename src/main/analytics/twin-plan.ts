/** What a twin is made to look like: every table of patients that hospitals released for everybody (docs/spec/twin.md). */
import { cohortDefinition } from '../../shared/domain/cohort.ts'
import { DAY_MS } from '../node/chain/limits.ts'
import type { ChainNode } from '../node/node.ts'
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
  const rows = await node.studies.index.list({ states: ['answered'], limit: PUBLISHED_MOST })
  const tables: ReleasedTable[] = []
  for (const row of rows) {
    if (row.requesterClass !== 'published') continue
    const table = await releasedTable(node, row)
    if (table !== null) tables.push(table)
  }
  return { seed: TWIN_SEED, patients: TWIN_PATIENTS, tables }
}

/** Null for what is no table of patients, and for what is not within reach. */
async function releasedTable(node: ChainNode, row: StudyRow): Promise<ReleasedTable | null> {
  const { exchange } = node.studies
  const documentBytes = await exchange.documentOf(row.commitment)
  const answer = await exchange.answerOf(row.studyHash)
  const document = documentBytes === null ? null : readDocument(documentBytes)
  const release = answer === null ? null : readRelease(answer)
  if (document?.cohortText == null || document.cleaningText !== null || release?.kind !== 'table') return null
  const request = decodeRequest(document.requestBytes)
  if (request === null) return null
  const { output } = request
  const isOfPatients =
    (output.kind === 'histogram' || output.kind === 'table') && output.counted.unit === 'patients'
  const cohort = cohortDefinition.safeParse(JSON.parse(document.cohortText))
  if (!isOfPatients || !cohort.success) return null
  return {
    cohort: cohort.data,
    axes: axesOf(output),
    cells: release.cells.map((cell) => (cell === null ? null : Number(cell))),
    snapshotDay: Math.floor(row.time / DAY_MS),
  }
}
