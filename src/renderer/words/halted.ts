/** Why a node has stopped by itself and what to do, said by the status and by the alerts. */
import type { NodeStatus } from '../../shared/contract/node.ts'

export type HaltedWords = Readonly<Record<NonNullable<NodeStatus['haltedReason']>, string>>

export const haltedEn: HaltedWords = {
  'two-certificates':
    'The node has stopped so that nothing is harmed: two decisions contradict each other. Keep the folder and call the other members.',
  'certified-invalid-value':
    'The node has stopped so that nothing is harmed: the others decided what this program finds invalid. Keep the folder, install the newest version, and call the other members.',
  'world-failed':
    'The node has stopped because it could not write to the disk. What was saved is safe. Look at the disk, then open the folder again.',
  bug: 'The node has stopped because of a mistake in the program. What was saved is safe. Open the folder again, and report it with the diagnostic report.',
}

export const haltedZhHant: HaltedWords = {
  'two-certificates': '為保護資料，節點已停止：有兩項決議互相矛盾。請保留資料夾，並聯絡其他成員。',
  'certified-invalid-value':
    '為保護資料，節點已停止：其他成員決議了本程式認為無效的內容。請保留資料夾、安裝最新版本，並聯絡其他成員。',
  'world-failed': '節點無法寫入磁碟，已停止。先前儲存的都安全。請檢查磁碟後重新開啟資料夾。',
  bug: '程式發生錯誤，節點已停止。先前儲存的都安全。請重新開啟資料夾，並附上診斷報告回報。',
}
