/**
 * Answers that hospitals released for everybody (requester class `published`): documents and bytes come to every member, so that a
 * university or an insurer has them also when no gateway is within reach.
 */
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { ItemHash } from '../chain/ids.ts'
import type { StudyAnswerRefusal } from '../network/protocols/studies.ts'
import type { Answers } from './answers.ts'
import { ask, isGateway, reachableGateways, type Around } from './around.ts'
import type { Envelopes } from './envelopes.ts'
import type { StudyIndex, StudyRow } from './study-index.ts'

export interface Published {
  /** The opened document of a published answer, from here or from a gateway; null for any other study, or where nobody has it. */
  documentOf(studyHash: ItemHash): Promise<Bytes | null>
  /** To whoever is a member. */
  answer(studyHash: ItemHash): Promise<Bytes | StudyAnswerRefusal>
  /** A result is final. */
  resulted(studyHash: ItemHash): Promise<void>
  /** Brings what is published and not here; what nobody within reach has is asked for again with the next call. */
  fetch(): Promise<void>
}

/** The newest ones; what is older is asked for when it is looked at. */
const FETCHED_MOST = 500
/** Tried in one go: what nobody has must not keep a node asking. */
const TRIED_MOST = 8

export function openPublished(
  around: Around,
  index: StudyIndex,
  envelopes: Envelopes,
  answers: Pick<Answers, 'of'>,
): Published {
  const { memberId } = around
  /** Null before the index was looked through, after each start. */
  let missing: Set<ItemHash> | null = null
  const isPublished = (row: StudyRow | null): row is StudyRow =>
    row?.requesterClass === 'published' && row.result?.outcome === 'answered'

  async function documentOf(studyHash: ItemHash): Promise<Bytes | null> {
    const row = await index.studyOf(studyHash)
    if (!isPublished(row)) return null
    const kept = await envelopes.kept(row.commitment)
    if (kept !== null) return kept
    for (const gateway of reachableGateways(around)) {
      const asked = await ask(around, gateway.memberId, { kind: 'published', studyHash })
      // The chain's commitment says whether it is the document; who gave it does not matter.
      if (asked.kind === 'answer' && (await envelopes.takeOpened(row.commitment, row.author, asked.bytes)))
        return asked.bytes
    }
    return null
  }

  return {
    documentOf,
    async answer(studyHash) {
      const row = await index.studyOf(studyHash)
      if (row !== null && row.requesterClass !== 'published') return 'not-for-you'
      if (!isPublished(row)) return 'not-ready'
      return (await envelopes.kept(row.commitment)) ?? 'not-here'
    },
    async resulted(studyHash) {
      if (missing !== null && isPublished(await index.studyOf(studyHash))) missing.add(studyHash)
    },
    async fetch() {
      // A gateway has both of every study.
      if (isGateway(around, memberId)) return
      if (missing === null) {
        const rows = await index.list({
          states: ['answered'],
          requesterClass: 'published',
          limit: FETCHED_MOST,
        })
        missing = new Set(rows.map(({ studyHash }) => studyHash))
      }
      if (reachableGateways(around).length === 0) return
      for (const studyHash of [...missing].slice(0, TRIED_MOST)) {
        missing.delete(studyHash)
        const row = await index.studyOf(studyHash)
        if (!isPublished(row)) continue
        const isHere = (await documentOf(studyHash)) !== null && (await answers.of(studyHash)) !== null
        // Last in turn for the next time.
        if (!isHere) missing.add(studyHash)
      }
    },
  }
}
