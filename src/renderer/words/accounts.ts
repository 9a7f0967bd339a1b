/** Words of accounts, roles and rights, and of the passphrase given once more. */
export const en = {
  title: 'People and rights',
  account: 'Account',
  accountHint: 'What this person types before the passphrase. Capital letters do not count.',
  accountToUnlock: 'Account',
  ownPassphrase: 'Your own passphrase',
  name: 'Name',
  roles: 'Roles',
  rolesMissing: 'Choose at least one role.',
  theirPassphrase: 'First passphrase of this person',
  theirPassphraseHint: 'Hand it over in person; they change it here under “Your passphrase”.',
  you: 'you',
  left: 'has left',
  add: 'Add a person…',
  addNow: 'Add',
  change: 'Change…',
  changeNow: 'Save',
  leave: 'Has left…',
  leaveTitle: (name: string) => `${name} has left?`,
  leaveBody:
    'The account opens nothing from now on, and every key that it held is replaced. What this person entered stays under their key.',
  leaveNow: 'Close the account',
  comeBack: 'Is back…',
  comeBackNow: 'Open the account again',
  signs:
    'The institution’s key signs this. It is opened for the moment with your passphrase, and nobody works under it.',
  alone: (account: string) =>
    `You are the only person with an account, so unlocking asks for the passphrase alone. As soon as another person is added you type your account before it: “${account}”.`,
  several:
    'Unlocking asks for the account and the passphrase. The lock screen lists nobody: who works here is nobody’s business who finds this machine.',
  pin: {
    title: 'PIN at this machine',
    has: 'At this machine you can unlock with your PIN for half a day after you gave the passphrase. Five wrong ones, sleep or a restart ask for the passphrase again.',
    hasNone:
      'Instead of the passphrase, six to twelve digits can unlock this machine for half a day after you gave the passphrase.',
    make: 'Make a PIN…',
    change: 'Change the PIN…',
    remove: 'Remove the PIN',
    digits: 'PIN, six to twelve digits',
    again: 'The same PIN again',
    save: 'Save the PIN',
    differ: 'The two PINs differ. Nothing was changed. Type both again.',
    refusals: {
      'not-digits': 'A PIN is digits only, twelve at most. Nothing was changed.',
      'too-short': 'A PIN has at least six digits. Nothing was changed.',
      'too-simple': 'Everybody tries this one first. Nothing was changed. Take digits without a pattern.',
    },
  },
  passphraseTitle: 'Your passphrase',
  passphraseChange: 'Change it…',
  passphraseNow: 'Change the passphrase',
  passphraseChanged: 'The passphrase was changed.',
  wrong: (waitSeconds: number | null) =>
    waitSeconds === null || waitSeconds === 0
      ? 'This is not your passphrase. Nothing was changed.'
      : `This is not your passphrase. Nothing was changed. The next attempt is possible in ${waitSeconds} s.`,
  refusals: {
    'last-administrator': 'Somebody has to be administrator: make another person one first.',
    'account-taken': 'Another person has this account. Choose another name.',
    'unknown-person': 'There is no such account.',
    'no-role': 'Choose at least one role.',
    'not-administrator': 'Only an administrator may do this.',
    'passphrase-too-weak':
      'This passphrase is too easy to guess. Take at least 12 characters, best of several words.',
    'two-administrators': 'Two administrators have to give their passphrases.',
    'kit-needed':
      'The other administrator and the recovery kit are needed; where there is no other administrator, the kit.',
    'not-a-kit': 'This is not a recovery kit. Paste its whole text.',
    'other-institution': 'This kit belongs to another institution.',
  },
  confirm: {
    title: 'Your passphrase once more',
    why: (operation: string): string =>
      operation === 'records.submit'
        ? 'You take back a visit, or change one that somebody else recorded. The change is signed in your name.'
        : operation === 'records.move'
          ? 'You move a visit that somebody else recorded. The change is signed in your name.'
          : operation === 'access.goOn'
            ? 'You open more patients than a day’s work asks for. Administrators and auditors are told.'
            : operation === 'imports.startExport'
              ? 'You take the records of all patients out of the application. Administrators and auditors are told.'
              : operation.startsWith('erasures.')
                ? 'You speak about an erasure, which cannot be undone once it is decided.'
                : operation.startsWith('workPlaces.')
                  ? 'You decide which computers may work with this node.'
                  : operation.startsWith('shares.')
                    ? 'You speak about bringing a hospital’s keys back. The other hospitals see what you say.'
                    : operation.startsWith('checks.')
                      ? 'Your verdict is signed in your name and in that of your hospital.'
                      : 'You speak for the institution. Your answer goes to the other members.',
    now: 'Go on',
  },
  forgot: {
    link: 'Passphrase forgotten?',
    title: 'A new passphrase',
    body: 'Two administrators agree with their passphrases. Where there is one other administrator, that one and the recovery kit; where there is none, the kit alone. Nothing is lost.',
    approver: (number: number) => `Administrator ${number}: account`,
    approverPassphrase: (number: number) => `Administrator ${number}: passphrase`,
    kit: 'Text of the recovery kit',
    newPassphrase: 'New passphrase',
    now: 'Set the new passphrase',
    done: 'The new passphrase holds. Unlock with it.',
    wrongApprover: 'A passphrase of an administrator does not open. Nothing was changed.',
  },
  founderClerk: 'I record visits too (role clerk)',
  founderClerkHint:
    'You become the first administrator and have the roles of researcher, reviewer, checker and auditor too, until you give them to others. People and roles are changed under Settings.',
  matrix: {
    title: 'Who may do what',
    body: 'The program keeps to this table: what it refuses, it refuses before anything is opened, and notes the refusal. A person with several roles may do what any of them allows.',
    operation: 'Work',
    may: 'may',
    mayNot: 'may not',
    asks: 'Asks for the passphrase',
    audited: 'Noted in the audit',
    yes: 'yes',
    sometimes: 'for the acts that sign',
    everyone: 'everybody, also while locked',
    person: 'everybody who has unlocked',
    groups: {
      'app:anyone': 'Language, look, folders, unlocking',
      'app:administrator': 'Recovery kit',
      'app:person': 'Own PIN',
      'node:anyone': 'State of the node',
      'jobs:anyone': 'See which work runs',
      'jobs:person': 'Stop work that runs',
      'records:clerk': 'Record, read, amend and retract visits',
      'patients:clerk': 'Find, register and link patients',
      'people:person': 'See who has an account; change one’s own passphrase',
      'people:administrator': 'Add people, change roles, close accounts',
      'people:anyone': 'A forgotten passphrase (two administrators agree)',
      'chain:anyone': 'Look at the chain and verify it (records stay sealed)',
      'imports:clerk': 'Import and export files, watched folders (of all patients: administrators only)',
      'tables:clerk': 'Import of tables',
      'models:researcher+analyst': 'Fit models to one’s own table',
      'cohorts:researcher': 'Count, keep and compare cohorts of the hospital’s own records',
      'cleaning:researcher':
        'See what cleaning does to records, in counts, and in examples of invented people (of records for whoever is a clerk too)',
      'pathways:researcher': 'Follow cohorts of the hospital’s own records through time',
      'studies:researcher': 'Run studies on the hospital’s own records',
      'studies:researcher+analyst': 'Open study files',
      'requests:researcher+analyst': 'Ask all hospitals: price, request, registered protocols',
      'requests:researcher+analyst+checker':
        'Read the formula of a customised model: its one form, its variables, who has approved it',
      'requests:researcher+analyst+reviewer': 'Look at an answered request, have it computed again',
      'checks:checker': 'Agree or not to answers by rule of other institutions',
      'snapshots:person': 'See which states of the chain may be asked about',
      'snapshots:administrator': 'Declare a snapshot',
      'monitor:analyst': 'Read the recorded tables of the institution’s own groups',
      'exposures:analyst': 'Import the institution’s own exposure and premium file',
      'pricing:analyst': 'Price products from recorded results, keep lists of permitted factors',
      'pricing:analyst+administrator': 'See lists of permitted factors',
      'tariffs:analyst': 'Make tariffs, price groups',
      'tariffs:analyst+administrator': 'See, compare, replay and save tariffs; decide on those of others',
      'tariffs:anyone': 'Recompute a tariff file',
      'releases:researcher': 'Save the rows of a study on the hospital’s own records, with their mark',
      'releases:researcher+analyst': 'Save and copy figures, tables and texts of studies, with their mark',
      'codes:person': 'Look up codes',
      'codes:clerk': 'Code what was recorded in words',
      'codes:administrator': 'Editions of code lists, the hospital’s codes',
      'codes:clerk+administrator': 'See the hospital’s own codes',
      'codes:anyone': 'Names of codes',
      'governance:person': 'Look at members, rules and proposals',
      'governance:administrator': 'Propose, vote, invite members',
      'joining:anyone': 'Found a consortium or join one',
      'access:clerk': 'Open visits at other hospitals, break the glass, open more patients than usual',
      'access:clerk+administrator+auditor': 'See who read visits elsewhere and here, end an access',
      'access:administrator+auditor': 'Review broken glasses',
      'erasures:clerk': 'Ask for the erasure of a patient',
      'erasures:clerk+administrator': 'See, approve and withdraw erasures',
      'shares:administrator+auditor': 'See shares of the institution’s keys, object to a recovery',
      'shares:administrator': 'Make shares of the keys, help another hospital recover',
      'proofs:clerk': 'Prove one field of a visit to others',
      'proofs:anyone': 'Check such a proof',
      'reviews:researcher+analyst': 'Save the package of an answered study',
      'reviews:anyone': 'Check a study package, compare a manuscript with it',
      'reviews:reviewer': 'Sign a review of a study',
      'templates:clerk': 'Keep templates of visits: one’s own; the hospital’s with the administrator’s role',
      'summaries:clerk': 'Patient summaries: make, save, check',
      'upkeep:person': 'See what the institution still has to do',
      'upkeep:administrator': 'Back up, try a backup, confirm code lists, choose what the machine keeps',
      'audit:administrator+auditor': 'Read, verify and export the audit',
      'audit:clerk+administrator+auditor':
        'Tell a patient who looked at the record: on the patient’s page, or in the audit by the patient’s id',
      'workPlaces:administrator': 'Pair and remove work places',
    } as Record<string, string>,
  },
}

export const zhHant: typeof en = {
  title: '人員與權限',
  account: '帳號',
  accountHint: '這位人員在輸入通行密語前要輸入的名稱，不分大小寫。',
  accountToUnlock: '帳號',
  ownPassphrase: '您自己的通行密語',
  name: '姓名',
  roles: '角色',
  rolesMissing: '請至少選擇一個角色。',
  theirPassphrase: '這位人員的初始通行密語',
  theirPassphraseHint: '請當面交付；本人可在此處「您的通行密語」更改。',
  you: '您',
  left: '已離職',
  add: '新增人員…',
  addNow: '新增',
  change: '變更…',
  changeNow: '儲存',
  leave: '已離職…',
  leaveTitle: (name) => `${name} 已離職？`,
  leaveBody:
    '這個帳號從此無法開啟任何內容，它持有過的金鑰會全部更換。這位人員登錄過的資料仍保留在其金鑰名下。',
  leaveNow: '關閉帳號',
  comeBack: '已復職…',
  comeBackNow: '重新啟用帳號',
  signs: '這項變更由機構金鑰簽署。金鑰只在此刻以您的通行密語開啟，平時沒有人使用它工作。',
  alone: (account) =>
    `目前只有您一個帳號，解鎖時只需輸入通行密語。一旦加入其他人員，須先輸入您的帳號「${account}」。`,
  several: '解鎖時需輸入帳號與通行密語。鎖定畫面不列出任何人：撿到這台電腦的人無從得知誰在這裡工作。',
  pin: {
    title: '本機 PIN',
    has: '輸入通行密語後半天內，可在本機以 PIN 解鎖。連續五次錯誤、電腦睡眠或重新啟動後，須再輸入通行密語。',
    hasNone: '輸入通行密語後半天內，可改用六至十二位數字解鎖本機。',
    make: '設定 PIN…',
    change: '變更 PIN…',
    remove: '移除 PIN',
    digits: 'PIN（六至十二位數字）',
    again: '再輸入一次 PIN',
    save: '儲存 PIN',
    differ: '兩次輸入的 PIN 不同。資料沒有任何變更。請重新輸入。',
    refusals: {
      'not-digits': 'PIN 只能是數字，最多十二位。資料沒有任何變更。',
      'too-short': 'PIN 至少六位數字。資料沒有任何變更。',
      'too-simple': '這是最容易被猜到的 PIN。資料沒有任何變更。請選擇沒有規律的數字。',
    },
  },
  passphraseTitle: '您的通行密語',
  passphraseChange: '更改…',
  passphraseNow: '更改通行密語',
  passphraseChanged: '通行密語已更改。',
  wrong: (waitSeconds) =>
    waitSeconds === null || waitSeconds === 0
      ? '這不是您的通行密語。資料沒有任何變更。'
      : `這不是您的通行密語。資料沒有任何變更。${waitSeconds} 秒後可再試一次。`,
  refusals: {
    'last-administrator': '機構必須有管理員：請先讓另一位人員成為管理員。',
    'account-taken': '另一位人員已使用這個帳號，請改用其他名稱。',
    'unknown-person': '沒有這個帳號。',
    'no-role': '請至少選擇一個角色。',
    'not-administrator': '只有管理員可以進行這項作業。',
    'passphrase-too-weak': '通行密語太容易被猜出。請至少用 12 個字元，最好由幾個詞組成。',
    'two-administrators': '需要兩位管理員輸入各自的通行密語。',
    'kit-needed': '需要另一位管理員與復原套件；若沒有其他管理員，則只需復原套件。',
    'not-a-kit': '這不是復原套件。請貼上完整文字。',
    'other-institution': '這個復原套件屬於其他機構。',
  },
  confirm: {
    title: '請再次輸入通行密語',
    why: (operation) =>
      operation === 'records.submit'
        ? '您要撤回一筆就診，或修改他人登錄的就診。變更會以您的名義簽署。'
        : operation === 'records.move'
          ? '您要移動他人登錄的就診。變更會以您的名義簽署。'
          : operation === 'access.goOn'
            ? '您要開啟的病人數超過一日工作所需，管理員與稽核員會接到通知。'
            : operation === 'imports.startExport'
              ? '您要將所有病人的紀錄帶出本應用程式，管理員與稽核員會接到通知。'
              : operation.startsWith('workPlaces.')
                ? '您將決定哪些電腦可以使用本院的節點。'
                : operation.startsWith('shares.')
                  ? '您將就復原醫院金鑰一事表態，其他醫院都會看到。'
                  : operation.startsWith('erasures.')
                    ? '您要處理一件刪除申請；一經決定便無法復原。'
                    : operation.startsWith('checks.')
                      ? '您的決定會以您與貴院的名義簽署。'
                      : '您將代表機構表態，答覆會送給其他成員。',
    now: '繼續',
  },
  forgot: {
    link: '忘記通行密語？',
    title: '設定新的通行密語',
    body: '需要兩位管理員以通行密語同意。若只有一位其他管理員，需要該管理員與復原套件；若沒有其他管理員，只需復原套件。資料不會遺失。',
    approver: (number) => `管理員 ${number}：帳號`,
    approverPassphrase: (number) => `管理員 ${number}：通行密語`,
    kit: '復原套件的文字',
    newPassphrase: '新的通行密語',
    now: '設定新的通行密語',
    done: '新的通行密語已生效，請用它解鎖。',
    wrongApprover: '有管理員的通行密語無法開啟。資料沒有任何變更。',
  },
  founderClerk: '我也登錄就診（登錄人員角色）',
  founderClerkHint:
    '您會成為第一位管理員，並先兼任研究人員、審查人員、檢查者與稽核員，直到交給他人。人員與角色可在設定中變更。',
  matrix: {
    title: '誰可以做什麼',
    body: '程式依照這張表執行：不允許的作業在開啟任何內容之前就會拒絕，並留下紀錄。擁有多個角色的人，可做其中任何一個角色允許的作業。',
    operation: '作業',
    may: '可以',
    mayNot: '不可以',
    asks: '需再輸入通行密語',
    audited: '記入稽核',
    yes: '是',
    sometimes: '需要簽署的作業',
    everyone: '任何人，鎖定時亦可',
    person: '任何已解鎖的人',
    groups: {
      'app:anyone': '語言、外觀、資料夾、解鎖',
      'app:administrator': '復原套件',
      'app:person': '本人 PIN',
      'node:anyone': '節點狀態',
      'jobs:anyone': '查看執行中的工作',
      'jobs:person': '停止執行中的工作',
      'records:clerk': '登錄、閱讀、修改與撤回就診',
      'patients:clerk': '尋找、登記與連結病人',
      'people:person': '查看有哪些帳號、更改自己的通行密語',
      'people:administrator': '新增人員、變更角色、關閉帳號',
      'people:anyone': '忘記通行密語（由兩位管理員同意）',
      'chain:anyone': '查看並驗證鏈（病歷維持密封）',
      'imports:clerk': '匯入與匯出檔案、監看資料夾（匯出所有病人：須兼任管理員）',
      'tables:clerk': '匯入表格',
      'models:researcher+analyst': '以自己的表格擬合模型',
      'cohorts:researcher': '計算、保存並比較本院病歷中的世代',
      'cleaning:researcher':
        '查看資料清理的結果（筆數，以及虛構人物的範例；兼任登錄人員者可查看病歷中的範例）',
      'pathways:researcher': '追蹤本院病歷中世代的就醫歷程',
      'studies:researcher': '以本院病歷執行研究',
      'studies:researcher+analyst': '開啟研究檔',
      'requests:researcher+analyst': '向所有醫院提問：價格、申請、已登記的研究計畫',
      'requests:researcher+analyst+checker': '讀取自訂模型的公式：標準寫法、讀取的變項與已核准的醫院',
      'requests:researcher+analyst+reviewer': '檢視已有結果的申請、要求重新計算',
      'checks:checker': '決定是否同意其他機構依規則取得的答案',
      'snapshots:person': '查看哪些鏈狀態可供提問',
      'snapshots:administrator': '宣告快照',
      'monitor:analyst': '閱讀本機構團體的已存監測表',
      'exposures:analyst': '匯入本機構的承保暴露與保費檔',
      'pricing:analyst': '以已存結果為商品定價、維護可用費率因子清單',
      'pricing:analyst+administrator': '查看可用費率因子清單',
      'tariffs:analyst': '製作費率、為團體計價',
      'tariffs:analyst+administrator': '查看、比較、重算與儲存費率；核定他人製作的費率',
      'tariffs:anyone': '重算費率檔',
      'releases:researcher': '儲存以本院病歷所做研究的資料列（附標示）',
      'releases:researcher+analyst': '儲存及複製研究的圖、表與文字（附標示）',
      'codes:person': '查詢代碼',
      'codes:clerk': '為文字紀錄編碼',
      'codes:administrator': '代碼清單版本、院內代碼',
      'codes:clerk+administrator': '查看院內代碼',
      'codes:anyone': '代碼名稱',
      'governance:person': '查看成員、規則與提案',
      'governance:administrator': '提案、表決、邀請成員',
      'joining:anyone': '創立或加入聯盟',
      'access:clerk': '開啟他院就診、緊急調閱、開啟超過平常數量的病人',
      'access:clerk+administrator+auditor': '查看調閱紀錄、終止調閱',
      'access:administrator+auditor': '審查緊急調閱',
      'erasures:clerk': '提出刪除病人資料的申請',
      'erasures:clerk+administrator': '查看、核准與撤回刪除申請',
      'shares:administrator+auditor': '查看金鑰分份、對復原提出異議',
      'shares:administrator': '製作金鑰分份、協助其他醫院復原',
      'proofs:clerk': '向他人證明就診的單一欄位',
      'proofs:anyone': '查驗這類證明',
      'reviews:researcher+analyst': '儲存已有結果之研究的成果包',
      'reviews:anyone': '檢查研究成果包，並與論文比對',
      'reviews:reviewer': '簽署研究的審查意見',
      'templates:clerk': '維護就診範本：自己的；具管理者角色時含全院的',
      'summaries:clerk': '病人摘要：製作、儲存、查驗',
      'upkeep:person': '查看機構待辦事項',
      'upkeep:administrator': '備份、試用備份、確認代碼清單、選擇本機保管的內容',
      'audit:administrator+auditor': '查閱、驗證及匯出稽核紀錄',
      'audit:clerk+administrator+auditor': '告知病人誰查閱過其紀錄：在病人頁面，或在稽核中以病人識別碼查詢',
      'workPlaces:administrator': '配對與移除工作站',
    },
  },
}
