/** Words of forgetting a patient. */
const versionsOf = (count: string) => (count === '1' ? '1 version' : `${count} versions`)
export const en = {
  tab: 'Erasures',
  none: 'Nothing was asked for. Who must be forgotten is chosen on the patient’s page, under “Privacy”.',
  intro:
    'A hospital asks for records of its own; another hospital agrees; then every hospital destroys its keys. The blocks stay, sealed for good.',
  open: 'Erase this person…',
  title: (name: string) => `Erase ${name}`,
  takes: (versions: string, entries: number) =>
    `To be erased: ${versionsOf(versions)} of visits${entries > 1 ? `, of ${entries} linked entries` : ''}.`,
  takesBeside: (drafts: number, summaries: number) =>
    `With them go the entry in the table of names, ${drafts} ${drafts === 1 ? 'draft' : 'drafts'} and ${summaries} printed ${summaries === 1 ? 'summary' : 'summaries'} kept here.`,
  stays:
    'It cannot be undone by anybody. Blocks and hashes stay, so the chain verifies as before. What was printed or exported before is not called back. Backups that were made before keep the keys until the key of the backup itself is destroyed, 90 days after it was made at most.',
  needsOther: 'It is carried out when another hospital has agreed.',
  needsPerson: 'It is carried out when a second person of this hospital has agreed.',
  queued: (count: number) =>
    `${count} ${count === 1 ? 'version waits' : 'versions wait'} to become final. Ask again when they are.`,
  nothing:
    'No visit of this person is in the chain. The entry and what belongs to it are deleted here at once.',
  reason: 'Reason',
  reasons: {
    'patient-request': 'The patient asked for it',
    'retention-over': 'The time for keeping records is over',
    'unlawful-or-mistaken': 'Recorded without legal basis or by mistake',
    'court-order': 'Order of a court',
    other: 'Another reason',
  } as Readonly<Record<string, string>>,
  text: 'In words (hospitals read it; no names)',
  ask: 'Ask for the erasure',
  eraseNow: 'Delete here now',
  asked: 'Asked for. It is carried out when it was agreed to.',
  askedFor: (versions: string, when: string) =>
    `The erasure of this person was asked for ${when}: ${versionsOf(versions)} of visits.`,
  arrived: (hospital: string, versions: string) =>
    `${hospital} asks to erase ${versionsOf(versions)} of visits that it recorded. It waits for somebody to agree.`,
  waits: 'An erasure waits for agreement',
  erasedHere: 'Nothing of this person was in the chain. The entry and its drafts were destroyed here.',
  refused: {
    'unknown-patient': 'The entry is no longer there.',
    'not-final': 'Some versions are not final yet. Nothing was asked for; try again when they are.',
    'asked-already': 'It was asked for already. See Network, Erasures.',
    'not-a-hospital': 'Only a hospital keeps keys of records.',
  },
  row: (hospital: string, versions: string) => `${hospital}: ${versionsOf(versions)}`,
  blocks: (list: string) => `Blocks ${list}`,
  more: (count: string) => `and ${count} more`,
  askedAt: (when: string) => `Asked ${when}`,
  approvedAt: (hospital: string, when: string) => `${hospital} agreed ${when}`,
  approvalWaits: (hospital: string) => `${hospital} agrees; it is on its way into the chain`,
  state: {
    queued: 'On its way into the chain',
    asked: 'Waits for agreement',
    decided: 'Decided',
    withdrawn: 'Taken back',
  },
  done: (count: number, of: number) =>
    count < of
      ? `Decided. Hospitals destroy their keys: ${count} of ${of} have said so in the chain`
      : `Erased, chain intact, ${count} of ${of} receipts`,
  missing: (names: string) => `No receipt yet of ${names}.`,
  late: 'It is more than seven days late: ask there by telephone.',
  here: {
    'nothing-to-do': '',
    'to-do': 'The keys here are being destroyed.',
    done: 'The keys here are destroyed.',
    refused:
      'Not carried out here: the list names a record that the asking hospital did not write. Ask it by telephone.',
  },
  approve: 'Agree…',
  approveHint: 'Compare the number of versions with the asking hospital by telephone first.',
  agree: {
    title: 'Agree to an erasure',
    takes: (hospital: string, versions: string) =>
      `To be erased: ${versionsOf(versions)} of visits that ${hospital} recorded.`,
    forGood:
      'As soon as you agree, every hospital destroys its keys of these records. Nobody can undo it, and nobody reads them again. The blocks stay, sealed for good.',
    compared: 'Number of versions that the asking hospital told you',
    other: 'That is another number than the request has. Do not agree; ask the hospital again.',
    refused: {
      'not-open':
        'It was not taken: the request was taken back or answered meanwhile. Nothing was destroyed for it.',
      'too-many-today':
        'It was not taken: this hospital has agreed to as many erasures as the consortium takes of one hospital on a day. Agree tomorrow (the day begins at 00:00 UTC), or let another hospital agree.',
    },
    now: 'Agree: destroy the keys for good',
  },
  own: 'Another hospital has to agree.',
  withdraw: 'Take back',
  block: (count: number, of: number) =>
    count < of
      ? `Erased by decision: ${count} of ${of} hospitals have said that their keys are destroyed. The block and its place in the chain are as before.`
      : `Erased, chain intact, ${count} of ${of} receipts: every hospital has said that its keys are destroyed. The block and its place in the chain are as before.`,
}

export const zhHant: typeof en = {
  tab: '刪除',
  none: '尚無申請。應被遺忘的人，請在病人頁面的「隱私」分頁選擇。',
  intro: '醫院申請刪除自己的紀錄，另一家醫院同意後，每家醫院都銷毀其金鑰。區塊仍在，但永遠封存。',
  open: '刪除此人的紀錄…',
  title: (name) => `刪除 ${name} 的紀錄`,
  takes: (versions, entries) =>
    `將刪除 ${versions} 個就診版本${entries > 1 ? `，分屬 ${entries} 個已連結的項目` : ''}。`,
  takesBeside: (drafts, summaries) =>
    `姓名表中的項目、${drafts} 份草稿及此處保存的 ${summaries} 份列印摘要也一併刪除。`,
  stays:
    '任何人都無法復原。區塊與雜湊仍在，鏈的驗證不受影響。先前列印或匯出者無法收回；先前的備份仍存有金鑰，直到備份本身的金鑰銷毀（最遲為製作後 90 天）。',
  needsOther: '另一家醫院同意後才會執行。',
  needsPerson: '本院第二人同意後才會執行。',
  queued: (count) => `有 ${count} 個版本尚未入鏈，入鏈後請再申請。`,
  nothing: '此人沒有就診在鏈上，項目及相關資料將立即在此刪除。',
  reason: '原因',
  reasons: {
    'patient-request': '病人要求',
    'retention-over': '保存期限已過',
    'unlawful-or-mistaken': '無法律依據或誤登',
    'court-order': '法院命令',
    other: '其他原因',
  },
  text: '說明（各醫院可讀；請勿寫姓名）',
  ask: '申請刪除',
  eraseNow: '立即在此刪除',
  asked: '已申請，經同意後執行。',
  askedFor: (versions, when) => `已於 ${when} 申請刪除此人的紀錄：${versions} 個就診版本。`,
  arrived: (hospital, versions) => `${hospital} 申請刪除其所登錄的 ${versions} 個就診版本，等待同意。`,
  waits: '有刪除申請等待同意',
  erasedHere: '此人沒有資料在鏈上，項目與草稿已在此刪除。',
  refused: {
    'unknown-patient': '該項目已不存在。',
    'not-final': '有些版本尚未入鏈。尚未申請，入鏈後請再試。',
    'asked-already': '已經申請過，請見「網路」的「刪除」。',
    'not-a-hospital': '只有醫院持有紀錄的金鑰。',
  },
  row: (hospital, versions) => `${hospital}：${versions} 個版本`,
  blocks: (list) => `區塊 ${list}`,
  more: (count) => `及其他 ${count} 個`,
  askedAt: (when) => `申請於 ${when}`,
  approvedAt: (hospital, when) => `${hospital} 同意於 ${when}`,
  approvalWaits: (hospital) => `${hospital} 已同意，正送入鏈中`,
  state: { queued: '正送入鏈中', asked: '等待同意', decided: '已決定', withdrawn: '已撤回' },
  done: (count, of) =>
    count < of
      ? `已決定，各醫院正在銷毀金鑰：${of} 家中已有 ${count} 家在鏈上回報`
      : `已刪除，鏈完整，回條 ${count}／${of}`,
  missing: (names) => `尚無回條：${names}。`,
  late: '已逾期七天以上，請電話詢問。',
  here: {
    'nothing-to-do': '',
    'to-do': '正在銷毀此處的金鑰。',
    done: '此處的金鑰已銷毀。',
    refused: '此處未執行：清單中有並非由申請醫院所寫的紀錄，請電話詢問該院。',
  },
  approve: '同意…',
  approveHint: '請先以電話與申請醫院核對版本數。',
  agree: {
    title: '同意刪除',
    takes: (hospital, versions) => `將刪除 ${hospital} 所登錄的 ${versions} 個就診版本。`,
    forGood:
      '一經同意，每家醫院都會銷毀這些紀錄的金鑰。任何人都無法復原，也無人能再讀取；區塊仍在，但永遠封存。',
    compared: '申請醫院告知的版本數',
    other: '與申請中的數目不同。請勿同意，並再次詢問該醫院。',
    refused: {
      'not-open': '未被接受：申請已撤回或已有人答覆，並未因此刪除任何資料。',
      'too-many-today':
        '未被接受：本院今日同意的刪除已達聯盟對單一醫院的每日上限。請於明日再同意（每日自 00:00 UTC 起算），或由另一家醫院同意。',
    },
    now: '同意：永久銷毀金鑰',
  },
  own: '須由另一家醫院同意。',
  withdraw: '撤回',
  block: (count, of) =>
    count < of
      ? `已依決議刪除：${of} 家醫院中有 ${count} 家回報金鑰已銷毀。區塊及其在鏈上的位置不變。`
      : `已刪除，鏈完整，回條 ${count}／${of}：每家醫院都已回報銷毀金鑰。區塊及其在鏈上的位置不變。`,
}
