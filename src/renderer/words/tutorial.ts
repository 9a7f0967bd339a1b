/** Words of the tutorial of the research rooms, of the studies that come with the application, and of what a cleaning changed. */

export const en = {
  examples: 'Examples',
  start: 'Tutorial: from a question to a model',
  minutes: 'about ten minutes',
  openedOwn: (name: string) => `Opened as a study of your own: ${name}. Undo brings back the one before.`,
  studies: {
    tutorial: {
      study: 'HbA1c and first cardiovascular admission in type 2 diabetes',
      cohort: 'Type 2 diabetes, 40 years and more, two HbA1c in 12 months',
      models: ['HbA1c as it changes'],
    },
    cleaning: {
      study: 'What cleaning is worth: seven risk factors and first cardiovascular admission',
      cohort: 'Everybody with a visit',
      models: ['Risk factors as they change, by hospital'],
    },
    paper: {
      study: 'Ways to take covariates that change: a comparison of models',
      cohort: 'Everybody with a visit',
      models: [
        'Cox, covariates as they change (TDCM)',
        'Cross-sectional pooling, within pieces (CSP adjusted)',
        'Cross-sectional pooling, all pieces together (CSP unadjusted)',
        'Pooled logistic, piece as a factor (PLR adjusted)',
        'Pooled logistic, without the piece (PLR unadjusted)',
        'Pooled complementary log-log, piece as a factor',
        'Cox, what was known at the start',
      ],
    },
  },
  diabetes: 'type 2 diabetes',
  cardiovascular: 'infarction, stroke or heart failure',
  title: 'Tutorial',
  stop: 'End the tutorial',
  progress: (done: string, of: string) => `${done} of ${of} steps`,
  doIt: 'Do this step for me',
  done: 'done',
  open: 'to do',
  synthetic:
    'It is written for synthetic patients. The demonstration for it is “2,000 of a diabetes clinic, with errors”, at its first hospital.',
  steps: {
    name: 'Name the study',
    entry: 'Who enters, and when',
    diabetes: 'Type 2 diabetes',
    age: 'At least 40 years old',
    event: 'What is waited for',
    known: 'What is known on the way',
    model: 'The model',
    'as-written': 'Run it on the records as they were written',
    cleaned: 'Clean them, and run it again',
    own: 'It is yours',
  },
  say: {
    name: 'Give it a name of your own. Whatever you change is kept by itself, and every step can be undone.',
    entry:
      'Under “Who”: enters with a result of hemoglobin A1c, confirmed by repetition on 2 days within 365 days. The day of entry is that of the second one: on the first nobody knew that another would come, and a condition that looks behind the entry would choose people by their future.',
    diabetes:
      'Add a condition: had an event, diagnosis, codes E11*, from no day (empty) to day 0, on at least 1 day.',
    age: 'Add a condition: age from 40 years.',
    event:
      'Under “Following”: until a diagnosis with codes I21*, I63*, I50* in visits of class inpatient. Whoever had it before is left out.',
    known:
      'Under “Following”, add what is known: a result as it changes (hemoglobin A1c), and another one (body mass index), beside age and sex. A value acts on the days after it was known, so nobody is counted by a value that came later.',
    model: 'Under “Models”: a Cox model on HbA1c as last known, age, sex and body mass index.',
    'as-written':
      'Under “Cleaning” choose the preset without steps, then run it with Ctrl+Enter. Units, impossible values and duplicates are then as somebody typed them.',
    cleaned: 'Under “Cleaning” choose the preset “careful” and run it again.',
    own: 'The study is kept on this node. Save its file to run it again elsewhere: it gives the same bytes.',
  },
  found: (value: string, limits: string, events: string) =>
    `Hazard ratio for each 1 % of HbA1c: ${value} (${limits}), ${events} events.`,
  nearlyNothing:
    'Nearly nothing. Most likely not because HbA1c does not matter: some values are in mmol/mol but stand as %, 53 instead of 7. A handful of them lies so far beyond all others that the line is pulled flat.',
  notNothing: 'On these records the errors hide less than in the clinic of the demonstration.',
  truthInside: (truth: string) =>
    `The limits exclude 1, and they contain ${truth}, which is what these synthetic patients were made with.`,
  excludesOne: (truth: string) =>
    `The limits exclude 1. The synthetic patients of the demonstration were made with ${truth}.`,
  tellsNothing: (truth: string) =>
    `The limits contain 1: these records do not tell it. Synthetic patients were made with ${truth}.`,
  fewEvents: (events: string, wanted: string) =>
    `Only ${events} events: fewer than ${wanted} hardly tell 1.25 from 1. The demonstration of a diabetes clinic has more.`,
  all: 'All steps are done. This is how a question becomes an answer here; the examples hold more.',
  compare: {
    title: 'What the cleaning changed',
    body: 'The same question at the same state, on the records as they were written.',
    run: 'Run it as written, too',
    term: 'Covariate',
    asWritten: 'As written',
    cleaned: 'Cleaned',
    why: (reasons: string) => `What the steps found: ${reasons}.`,
    reason: (words: string, rows: string) => `${words} (${rows})`,
    listComma: ', ',
    hides: (names: string) =>
      `Nearly nothing as written, and not after the steps: ${names}. Values in a wrong unit, or with a moved decimal point, lie so far out that they pull the line flat.`,
    same: 'No covariate is hidden as written.',
  },
  truth: {
    title: 'What these patients were made with',
    made: 'Made with',
    found: (percent: string) => `Found (${percent})`,
    limits: (percent: string) => `Within the ${percent} limits`,
    inside: 'yes',
    outside: 'no',
    note: 'Hazard ratios for one unit of each covariate. The patients of the demonstration are synthetic, and the generator was given these; of real patients nobody knows them. Of the records of this hospital alone limits are wide, and of a hundred right limits five miss the truth.',
  },
}

export const zhHant: typeof en = {
  examples: '範例',
  start: '教學：從問題到模型',
  minutes: '約十分鐘',
  openedOwn: (name) => `已開啟為您自己的研究：${name}。按「復原」可回到先前的研究。`,
  studies: {
    tutorial: {
      study: '第二型糖尿病患者的糖化血色素與首次心血管住院',
      cohort: '第二型糖尿病、40 歲以上、12 個月內兩次糖化血色素',
      models: ['隨時間變化的糖化血色素'],
    },
    cleaning: {
      study: '資料清理的價值：七個危險因子與首次心血管住院',
      cohort: '所有就診者',
      models: ['隨時間變化的危險因子，依醫院分層'],
    },
    paper: {
      study: '如何納入會變化的共變項：模型比較',
      cohort: '所有就診者',
      models: [
        'Cox，共變項隨時間變化（TDCM）',
        '橫斷合併，依時段分層（CSP 校正）',
        '橫斷合併，不分時段（CSP 未校正）',
        '合併邏輯斯，時段為因子（PLR 校正）',
        '合併邏輯斯，不含時段（PLR 未校正）',
        '合併互補雙對數，時段為因子',
        'Cox，起始時已知的值',
      ],
    },
  },
  diabetes: '第二型糖尿病',
  cardiovascular: '心肌梗塞、中風或心臟衰竭',
  title: '教學',
  stop: '結束教學',
  progress: (done, of) => `已完成 ${done}／${of} 步`,
  doIt: '替我完成這一步',
  done: '已完成',
  open: '待完成',
  synthetic: '本教學以模擬病人為例。請開啟示範中的「糖尿病門診 2,000 人，含登錄錯誤」，並選其第一家醫院。',
  steps: {
    name: '為研究命名',
    entry: '誰在何時進入',
    diabetes: '第二型糖尿病',
    age: '年滿 40 歲',
    event: '等待的事件',
    known: '追蹤中已知的資料',
    model: '模型',
    'as-written': '以未清理的紀錄執行',
    cleaned: '清理後再執行一次',
    own: '成為您的研究',
  },
  say: {
    name: '取一個自己的名稱。所有變更都會自動保存，每一步都可以復原。',
    entry:
      '在「對象」：以糖化血色素的檢驗結果進入，並須在 365 天內於 2 個日子重複出現。進入日是第二次檢驗的日子：第一次檢驗時，沒有人知道之後還會再驗；若條件用到進入日之後的資料，就是以未來挑選對象。',
    diabetes: '新增條件：曾有事件，診斷，代碼 E11*，起日留空、迄日 0，至少 1 天。',
    age: '新增條件：年齡 40 歲起。',
    event: '在「追蹤」：至診斷代碼 I21*、I63*、I50* 且就診類別為住院為止。先前已發生者排除。',
    known:
      '在「追蹤」新增已知資料：隨時間變化的檢驗結果（糖化血色素），再加一項（身體質量指數），另有年齡與性別。數值自得知的次日起生效，因此不會用之後才知道的值計算。',
    model: '在「模型」：以最近一次糖化血色素、年齡、性別與身體質量指數建立 Cox 模型。',
    'as-written':
      '在「清理」選擇沒有步驟的預設，再按 Ctrl+Enter 執行。此時單位、不可能的數值與重複紀錄都維持登錄時的樣子。',
    cleaned: '在「清理」選擇「謹慎」預設，再執行一次。',
    own: '研究已保存於本節點。儲存研究檔後可在別處重新執行，所得位元組完全相同。',
  },
  found: (value, limits, events) =>
    `糖化血色素每增加 1 % 的風險比：${value}（${limits}），${events} 件事件。`,
  nearlyNothing:
    '幾乎看不出關聯。這多半不是因為糖化血色素不重要：有些值的單位是 mmol/mol，卻記成 %，7 變成了 53。少數幾筆遠離其他所有數值，就把直線拉平了。',
  notNothing: '在這些紀錄中，錯誤掩蓋的程度不如示範中的門診。',
  truthInside: (truth) => `信賴區間不含 1，且包含 ${truth}，也就是產生這些模擬病人時所用的數值。`,
  excludesOne: (truth) => `信賴區間不含 1。示範中的模擬病人以 ${truth} 產生。`,
  tellsNothing: (truth) => `信賴區間包含 1：這些紀錄無法判斷。模擬病人以 ${truth} 產生。`,
  fewEvents: (events, wanted) =>
    `只有 ${events} 件事件：少於 ${wanted} 件時，難以分辨 1.25 與 1。示範中的糖尿病門診有更多事件。`,
  all: '所有步驟都已完成。問題就是這樣變成答案的；「範例」中還有其他研究。',
  compare: {
    title: '清理改變了什麼',
    body: '相同的問題、相同的狀態，但採用未清理的紀錄。',
    run: '也以未清理的紀錄執行',
    term: '共變項',
    asWritten: '未清理',
    cleaned: '清理後',
    why: (reasons) => `各步驟的發現：${reasons}。`,
    reason: (words, rows) => `${words}（${rows}）`,
    listComma: '、',
    hides: (names) =>
      `未清理時幾乎看不出、清理後才看得出的有：${names}。單位錯誤或小數點移位的數值離群太遠，會把直線拉平。`,
    same: '未清理時沒有共變項被掩蓋。',
  },
  truth: {
    title: '產生這些病人時所用的數值',
    made: '產生時',
    found: (percent) => `估計值（${percent}）`,
    limits: (percent) => `在 ${percent} 信賴區間內`,
    inside: '是',
    outside: '否',
    note: '每一單位共變項的風險比。示範中的病人為合成，產生時即採用這些數值；真實病人的數值無人知道。只用本院紀錄時信賴區間較寬，而一百個正確的 95% 區間中約有五個不含真值。',
  },
}
