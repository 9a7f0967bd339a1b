/** The shell's own words: tray, dialogs. The window has its own catalogue. */
import type { Locale } from '../../shared/contract/app.ts'

const en = {
  show: 'Open Consilium',
  quit: 'Quit…',
  trayRunning: (name: string) => `Consilium: the node of ${name} is running`,
  trayIdle: 'Consilium: no institution is open',
  quitTitle: 'Quit Consilium?',
  quitNode: (name: string) =>
    `The node of ${name} stops on this machine: it takes in no visits and serves nobody until Consilium is opened again.`,
  quitWaiting: (count: number) =>
    count === 1
      ? 'One visit is saved but not final yet. It stays on this disk and goes on at the next start.'
      : `${count} visits are saved but not final yet. They stay on this disk and go on at the next start.`,
  quitNothingLost: 'Everything that was saved is final.',
  quitIdle: 'No institution is open: nothing stops.',
  quitYes: 'Quit',
  quitNo: 'Keep running',
  stillRunningTitle: 'The node goes on',
  stillRunningBody:
    'The window is closed; the node keeps running. Quit it from the mark in the notification area.',
  startFailedTitle: 'Consilium cannot start',
  startFailed: (code: string) => `Nothing was changed. Reason: ${code}.`,
  altered:
    'Files of the application are not those that were built. Nothing was opened or changed. An administrator has to install it again.',
  crashedTitle: 'Consilium stopped',
  crashed:
    'A rule of the application did not hold, so it stopped before anything could be signed or written wrongly. What was accepted is on the disk.',
  chooseFound: 'Folder for the new institution',
  chooseOpen: "Institution's folder",
  chooseExport: 'Folder for the export',
  chooseBackup: 'Where the backup goes',
  chooseBackupKeys: 'Where the key of the backup goes',
  chooseWatch: 'Folder to be watched',
  choose: 'Choose',
  kindOfFile: {
    import: 'Records (FHIR bundles, NDJSON, HL7 v2)',
    summary: 'Summary of a patient',
    'recovery-kit': 'Recovery kit',
    rejects: 'List of what was not taken',
    table: 'Table',
    study: 'Study (JSON)',
    model: 'Model (JSON)',
    result: 'Result of a fit (JSON)',
    membership: 'Request, invitation or proposal',
    codes: 'Code list',
    manifest: 'Manifest of an import',
    proof: 'Proof of a field',
    template: 'Template of the entry screen',
    audit: 'Audit (CSV)',
    report: 'Report (PDF)',
    figure: 'Figure',
    'paper-table': 'Table (CSV, XLSX, HTML)',
    package: 'Study package (ZIP)',
    tariff: 'Tariff (JSON)',
    text: 'Text',
  },
  allFiles: 'All files',
}

export type ShellWords = typeof en

const zhHant: ShellWords = {
  show: '開啟 Consilium',
  quit: '結束…',
  trayRunning: (name) => `Consilium：${name} 的節點執行中`,
  trayIdle: 'Consilium：尚未開啟任何機構',
  quitTitle: '要結束 Consilium 嗎？',
  quitNode: (name) =>
    `${name} 在這部電腦上的節點將停止：再次開啟 Consilium 之前，不接收就診紀錄，也不對外提供服務。`,
  quitWaiting: (count) =>
    `有 ${count} 筆就診已儲存但尚未定案，仍保留在這部電腦的磁碟上，下次啟動時繼續處理。`,
  quitNothingLost: '已儲存的內容全部定案。',
  quitIdle: '目前沒有開啟任何機構，不會有任何東西停止。',
  quitYes: '結束',
  quitNo: '繼續執行',
  stillRunningTitle: '節點仍在執行',
  stillRunningBody: '視窗已關閉，節點繼續執行。要結束，請使用通知區域的圖示。',
  startFailedTitle: 'Consilium 無法啟動',
  startFailed: (code) => `沒有更動任何資料。原因：${code}。`,
  altered: '應用程式的檔案與建置時不同。沒有開啟或更動任何資料。請系統管理員重新安裝。',
  crashedTitle: 'Consilium 已停止',
  crashed: '程式的一項規則不成立，因此在簽署或寫入任何錯誤內容之前停止。已接受的資料仍在磁碟上。',
  chooseFound: '新機構的資料夾',
  chooseOpen: '機構資料夾',
  chooseExport: '匯出資料夾',
  chooseBackup: '備份存放位置',
  chooseBackupKeys: '備份金鑰存放位置',
  chooseWatch: '要監看的資料夾',
  choose: '選擇',
  kindOfFile: {
    import: '病歷檔（FHIR Bundle、NDJSON、HL7 v2）',
    summary: '病歷摘要',
    'recovery-kit': '復原套件',
    rejects: '未匯入項目清單',
    table: '表格',
    study: '研究檔（JSON）',
    model: '模型（JSON）',
    result: '分析結果（JSON）',
    membership: '申請檔、邀請檔或提案檔',
    codes: '代碼清單',
    manifest: '匯入清冊',
    proof: '欄位證明',
    template: '輸入畫面範本',
    audit: '稽核紀錄（CSV）',
    report: '報告（PDF）',
    figure: '圖',
    'paper-table': '表格（CSV、XLSX、HTML）',
    package: '研究成果包（ZIP）',
    tariff: '費率（JSON）',
    text: '文字',
  },
  allFiles: '所有檔案',
}

export const shellWords = (locale: Locale): ShellWords => (locale === 'zh-Hant' ? zhHant : en)
