/** What there is to ask about: variables, snapshots, the next one, and how complete records are as far as it was published. */
import type { Catalog, RequestQuestion } from '../../shared/contract/requests.ts'
import { fromHex, toHex } from '../../shared/std/bytes.ts'
import { releasePolicyOf } from '../gateway/compute.ts'
import { policyValue } from '../node/chain/policy.ts'
import type { ChainNode } from '../node/node.ts'
import type { StudyRow } from '../node/studies/study-index.ts'
import { dictionaryEntries } from '../privacy/request/dictionary.ts'
import { noiseOf } from '../privacy/request/price.ts'
import { answerViewOf } from './answer-view.ts'
import { coverageOf, type PublishedTable } from './coverage.ts'
import type { Documents } from './documents.ts'
import { ownMember } from './own-member.ts'
import { gatewayNumbers, snapshotViews } from './rows.ts'

/** Published tables that are looked at, the newest ones. */
export const PUBLISHED_MAX = 200

export async function catalogOf(node: ChainNode, documents: Documents): Promise<Catalog> {
  const { consortium, height } = node.ledger.state
  const { policy, snapshots } = consortium
  const { count, needed } = gatewayNumbers(consortium)
  return {
    class: ownMember(node).kind,
    variables: dictionaryEntries().map(([name, variable]) =>
      variable.kind === 'label'
        ? { name, kind: variable.kind, levels: [...variable.levels] }
        : { name, ...variable },
    ),
    coverage: coverageOf(await publishedTables(node, documents)),
    snapshots: await snapshotViews(node),
    next: {
      patientsMin: policyValue(policy, 'snapshotPatientsMin'),
      hospitalsMin: policyValue(policy, 'snapshotHospitalsMin'),
      heightsSince: height - (snapshots.at(-1)?.height ?? 0),
      everyDays: policyValue(policy, 'snapshotEveryDays'),
    },
    gatewayCount: count,
    attestationsNeeded: needed,
    isUnattestedReleased: policyValue(policy, 'releaseUnattested') === 1,
  }
}

/** Those whose question and answer this member is given. */
async function publishedTables(node: ChainNode, documents: Documents): Promise<PublishedTable[]> {
  const { index } = node.studies
  const published = await index.list({
    states: ['answered'],
    requesterClass: 'published',
    limit: PUBLISHED_MAX,
  })
  return tablesOf(node, documents, published)
}

/** Those of these studies that have an answer with noise which this member is given. */
export async function tablesOf(
  node: ChainNode,
  documents: Documents,
  published: readonly StudyRow[],
): Promise<PublishedTable[]> {
  const { exchange } = node.studies
  const tables: PublishedTable[] = []
  for (const row of published) {
    const question = (await documents.of(row))?.question ?? null
    const bytes = question === null ? null : await exchange.answerOf(row.studyHash)
    const answer = bytes === null ? null : answerViewOf(bytes)
    if (question !== null && answer?.kind === 'noise')
      tables.push({
        studyHash: toHex(row.studyHash),
        question,
        answer: answer.answer,
        shownFrom: shownFrom(row, question),
      })
  }
  return tables
}

/** By the numbers that judged it. */
function shownFrom(row: StudyRow, question: RequestQuestion): number | null {
  if (question.lane !== 'noise' || question.output.kind !== 'histogram') return null
  const { snapshotHash: snapshot, chargeMicroRho: microRho } = row
  const cohort = fromHex(question.cohortHash)
  const { output } = question
  const request = { snapshot, cohort, cleaning: null, followUp: null, output, microRho }
  return noiseOf(request, releasePolicyOf(row))[0]?.shownFrom ?? null
}
