/** Why a node that has a vote does not sign, said by the status, the alerts and the room Network. */
import type { NodeStatus } from '../../shared/contract/node.ts'

export type ObservingWords = Readonly<Record<NonNullable<NodeStatus['observingReason']>, string>>

export const observingEn: ObservingWords = {
  'log-damaged': 'Its log of signatures has a hole.',
  'data-restored':
    'Its data come from a backup or a recovery kit: it may have signed what it no longer knows.',
  'unknown-own-signature':
    'Others hold signatures of its keys that it does not know: its data are an old copy, or another machine runs with the same keys.',
  'keys-elsewhere':
    'Another machine runs with this institution’s keys, probably a copy of this folder. Stop that machine; each of the two takes the other’s connections, and two signatures where there may be one would be proof of a fraud.',
  'keys-replaced': 'The members know this institution by other keys than those on this machine.',
}

export const observingZhHant: ObservingWords = {
  'log-damaged': '簽章紀錄有缺漏。',
  'data-restored': '資料來自備份或復原套件：可能曾簽署目前已不知的內容。',
  'unknown-own-signature':
    '其他成員持有以其金鑰簽署、但本節點不知道的簽章：資料是舊的副本，或另一部機器使用相同金鑰。',
  'keys-elsewhere':
    '另一部機器正使用本機構的金鑰執行，可能是本資料夾的副本。請停止那部機器：兩者會互相搶走連線，而在只能簽署一次之處出現兩份簽章，將成為作弊的證據。',
  'keys-replaced': '其他成員所認得的本機構金鑰，與這部機器上的不同。',
}

export function isObservingReason(detail: string | null): detail is keyof ObservingWords {
  return detail !== null && Object.hasOwn(observingEn, detail)
}
