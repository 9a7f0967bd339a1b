/** Words of the home page. */
/** Corrections and what was erased are blocks too, so these are no visits. */
const blocks = (count: number, text: string) =>
  `${text} ${count === 1 ? 'block' : 'blocks'} in the chain, one for each version of a visit`

export const en = {
  title: (institution: string) => institution,
  allSaved: (count: number, text: string) =>
    count === 0
      ? 'The chain is founded and empty. The first visit starts it.'
      : `${blocks(count, text)}. All saved.`,
  /** Of the demonstration, while its patients are made and nothing is final yet. */
  filling: 'The first visits are being made; none is in the chain yet.',
  waiting: (count: number, text: string, waiting: number) =>
    `${blocks(count, text)}; ${waiting} on ${waiting === 1 ? 'its' : 'their'} way.`,
  todo: 'To do',
  proveKit: {
    title: 'Prove the recovery kit',
    body: 'Until it was opened once, a lost passphrase would lock this institution out for ever. After a change of keys a new kit is needed.',
    action: 'Do it now',
  },
  drafts: {
    title: (count: number) => (count === 1 ? 'One draft waits for you' : `${count} drafts wait for you`),
    body: 'They are kept encrypted on this machine and are in no chain yet.',
    action: 'Go on with the newest',
  },
  start: 'Start here',
  enter: { title: 'Enter a visit', body: 'Find the patient or register a new one; the keyboard is enough.' },
  bring: {
    title: 'Import records',
    body: 'FHIR bundles or NDJSON from another system; the same file twice adds nothing.',
  },
  ask: {
    title: 'Ask a research question',
    body: 'From whom to a model on one page. New here? The tutorial on it takes ten minutes.',
  },
  look: {
    title: 'Look at the chain',
    body: 'Every block with its proof, and a button that recomputes it before your eyes.',
  },
  recent: 'Last visits entered here',
  recentEmpty: 'Visits that you enter or import appear here, with their way into the chain.',
  recentAction: 'Enter the first visit',
  allWell: 'Nothing is left to do.',
}

export const zhHant: typeof en = {
  title: (institution) => institution,
  allSaved: (count, text) =>
    count === 0
      ? '鏈已建立，尚無就診。登錄第一筆就診後即開始。'
      : `鏈上共有 ${text} 個區塊，每個就診版本各為一個。全部已存妥。`,
  filling: '正在產生第一批就診，尚未進入鏈上。',
  waiting: (_count, text, waiting) =>
    `鏈上共有 ${text} 個區塊，每個就診版本各為一個；另有 ${waiting} 個正在入鏈。`,
  todo: '待辦事項',
  proveKit: {
    title: '請證明復原套件可用',
    body: '在實際開啟過一次之前，一旦遺失通行密語，本機構的資料將永遠無法開啟。更換金鑰後，需要新的套件。',
    action: '立即處理',
  },
  drafts: {
    title: (count) => `您有 ${count} 份草稿未完成`,
    body: '草稿已加密保存在本機，尚未寫入鏈中。',
    action: '繼續最近的一份',
  },
  start: '從這裡開始',
  enter: { title: '登錄就診', body: '搜尋病人或新增病人，全程可用鍵盤完成。' },
  bring: { title: '匯入紀錄', body: '其他系統的 FHIR Bundle 或 NDJSON；同一檔案匯入兩次不會重複。' },
  ask: { title: '提出研究問題', body: '在同一頁從對象到模型；初次使用可先做頁面上十分鐘的教學。' },
  look: { title: '查看區塊鏈', body: '每個區塊都有證明，並可當場重新計算驗證。' },
  recent: '最近登錄的就診',
  recentEmpty: '您登錄或匯入的就診會列在這裡，並顯示入鏈狀態。',
  recentAction: '登錄第一筆就診',
  allWell: '目前沒有待辦事項。',
}
