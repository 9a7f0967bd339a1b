/** What this institution has asked of all hospitals before and is about the same: a room finds its answer again, whatever it was asked at. */
import type { OpenRequest, RequestQuestion } from '../../../shared/contract/requests.ts'
import { useAsk, type Asked } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'

/** So many of the newest are looked at: each is a document that is opened. */
const LOOKED_AT = 12
/** Nothing came of it, and nothing will. */
const OVER = ['refused', 'expired']

/** @param isOf by what `key` says; the newest comes first */
export function useAskedBefore(
  output: string,
  key: string,
  isOf: (question: RequestQuestion) => boolean,
): Asked<readonly OpenRequest[]> {
  return useAsk(
    async () => {
      const rows = (await node.requests.list()).filter(
        (row) => row.output === output && row.chargeKind !== 'recompute' && !OVER.includes(row.state),
      )
      const opened = await Promise.all(
        rows.slice(0, LOOKED_AT).map(({ studyHash }) => node.requests.open({ studyHash })),
      )
      return opened.filter(
        (each): each is OpenRequest => each !== null && each.question !== null && isOf(each.question),
      )
    },
    [output, key],
    ['requests.changed', 'node.segmentFinal'],
  )
}
