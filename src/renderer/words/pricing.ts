import * as checks from './pricing-checks.ts'
import * as elsewhere from './pricing-elsewhere.ts'
import * as premium from './pricing-premium.ts'
import * as rules from './pricing-rules.ts'

/** Words of the room in which products are priced from recorded results; those of its tabs stand in files of their own. */
type Detail = Readonly<Record<string, unknown>>
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

export const en = {
  ...premium.en,
  ...checks.en,
  ...elsewhere.en,
  ...rules.en,
  title: 'Pricing',
  honest:
    'Rates come from answered tables of your own groups and from your own exposure file. Nothing is asked of a hospital here and nothing is charged; the noise of the answer stands in every interval.',
  none: 'There is no answered table of your groups yet. Ask for one in “Groups”, and import your exposure file there.',
  /** Instead, where there is one and nothing of it may be shown. */
  allWithheld:
    'A table of your groups was answered, and the gateways withheld all of it: too few patients for any number, so there is nothing to price from. Asking for the same table again gives the same. What helps is another table in “Groups”: of a later snapshot with more patients, or by a file with fewer groups and wider age bands.',
  noExposure: 'There is no exposure file yet, so there are claims and no rate. Import one in “Groups”.',
  what: 'What is priced',
  result: 'Recorded result',
  /** The months first: of two tables of one title they are what differs. */
  resultOf: (title: string, from: string, to: string) => `${from} to ${to}, ${title}`,
  exposure: 'Exposure file',
  exposureOfDemonstration: 'The demonstration’s own, from the roll of its invented members',
  exposureOf: (name: string, from: string, to: string) => `${from} to ${to}, ${name}`,
  earlier: 'What was worked on here before is kept beside, until somebody else sits down or Consilium ends.',
  backToEarlier: 'Go back to it',
  replaced: {
    result:
      'The recorded result that was chosen is not on this node any more: another one stands in its place. Choose again.',
    exposure:
      'The exposure file that was chosen is not on this node any more: another one stands in its place. Choose again.',
  },
  product: 'Product',
  jurisdiction: 'Jurisdiction',
  currency: 'Currency',
  model: 'Model',
  models: {
    'frequency-severity': 'Frequency × severity',
    'pure-premium': 'Pure premium (Tweedie)',
    imported: 'Rates from elsewhere',
  },
  frequency: 'Frequency',
  families: {
    poisson: 'Poisson',
    quasipoisson: 'Quasi-Poisson',
    'negative-binomial': 'Negative binomial',
    gamma: 'Gamma',
    tweedie: 'Tweedie',
  } as Record<string, string>,
  noNegativeBinomial:
    'A negative binomial is fitted to exact counts alone, and an answer has noise: quasi-Poisson takes the spread that chance does not explain.',
  power: 'Power of Tweedie',
  modelOf: (name: string, parts: readonly string[]) => `${name}, ${parts.join(' × ')}`,
  factors: 'Factors',
  factorNames: {
    ageBand: 'Age band',
    sex: 'Sex',
    group: 'Group',
    plan: 'Plan',
    month: 'Month',
    tobacco: 'Tobacco use',
    area: 'Rating area',
    familySize: 'Family size',
    healthStatus: 'Health status',
    geneticData: 'Genetic data',
  } as Record<string, string>,
  levelNames: { female: 'Female', male: 'Male', other: 'Other', unknown: 'Unknown' } as Record<
    string,
    string
  >,
  otherGroups: 'Small groups together',
  otherPlans: 'Small plans together',
  groupOrPlan:
    'Group and plan are told apart by tables of their own, so one of them is priced at a time: choosing one lets go of the other.',
  holdout: 'Later result to test on',
  noHoldout: 'None',
  price: 'Price',
  pricing: 'Pricing…',
  cut: (amount: string) =>
    `One patient’s cost counts with at most ${amount}. What lies above is in no cell: add it as a pool under “Premium”.`,
  withheld: (cells: string, share: string) =>
    `${cells} cells were withheld by the gateways; ${share} of the exposure is in them, and no rate speaks of it.`,
  headline: 'Gross premium of an average member-year',
  pureHeadline: 'Pure premium of an average member-year',
  pureOnly:
    'Claims alone: no expense, loading or pool was added yet. Steps to the gross premium stand under “Premium”.',
  interval: (lower: string, upper: string) => `${lower} to ${upper} (95 %, noise and chance)`,
  intervalBeside:
    'Limits of a model: they hold the errors of its relativities, with what cells scatter beyond chance. “Groups” takes claims as coming one by one and needs no model, so that its limits of the pure premium are others, mostly narrower, around about the same value.',
  cellsLine: (cells: string, years: string, claims: string) =>
    `${cells} cells, ${years} member-years, ${claims} claims`,
  tabs: {
    relativities: 'Relativities',
    premium: 'Premium',
    checks: 'Checks',
    elsewhere: 'Model from elsewhere',
    incidence: 'Yearly rates',
    factors: 'Permitted factors',
  },
  measures: {
    tariff: 'Tariff',
    frequency: 'Frequency',
    severity: 'Severity',
    'pure-premium': 'Pure premium',
  },
  factor: 'Factor',
  show: 'Shown',
  measure: 'Measure',
  relativity: 'Relativity',
  limits: '95 % limits',
  level: 'Level',
  exposureYears: 'Member-years',
  claims: 'Claims',
  observed: 'Observed',
  fitted: 'Fitted',
  p: 'p',
  isBase: 'base',
  /** Beside a relativity that no cell stands behind. */
  noCellShown: 'no cell of it was shown',
  dispersionP: 'p, dispersion above 1',
  noData: 'no data',
  base: (rate: string) => `Rate of the base levels: ${rate}.`,
  /** For each factor `baseLevel` or, where nothing is at 1 any more, `noBaseLevel`. */
  baseLevels: (list: string) => `Base level of each factor, whose relativity is 1: ${list}.`,
  baseLevel: (factor: string, level: string) => `${factor} ${level}`,
  noBaseLevel: (factor: string) => `${factor} none, its relativities were changed by hand or came so`,
  folded: (levels: string) =>
    `One relativity for ${levels}: claims or costs of one of them cannot be told from the noise of the release.`,
  perYear: (rate: string) => `${rate} per member-year`,
  perClaim: (amount: string) => `${amount} per claim`,
  figure: (factor: string, rows: string) =>
    `Relativities of ${factor} with limits, over bars of exposure. ${rows}`,
  tableTitle: (measure: string, factor: string) => `${measure}: relativities by ${factor}`,
  tableNote:
    'Limits hold chance and the noise of the answer; errors stay those of the estimates after changes by hand.',
  changes: 'Changes by hand',
  change: 'Kind of change',
  kinds: {
    smooth: 'Smooth',
    monotone: 'Make monotone',
    cap: 'Keep between limits',
    ratio: 'Limit the ratio',
    set: 'Set by hand',
  } as Record<string, string>,
  knots: 'Knots',
  direction: 'Direction',
  directions: { rising: 'Rising', falling: 'Falling' },
  least: 'At least',
  most: 'At most',
  reason: 'Why',
  note: 'Note it and price again',
  reasonNeeded: 'Say why: the reason stands beside the tariff.',
  remove: 'Take back',
  noChanges: 'Nothing was changed by hand.',
  communityFolds:
    'Community rating: the list brings every factor but its own to 1 after all other changes, as steps of the tariff. Limits and p are those of the estimates before.',
  changed: (kind: string, factor: string, by: string, day: string) => `${kind}, ${factor}: ${by}, ${day}`,
  moved: (level: string, before: string, after: string) => `${level}: ${before} → ${after}`,
  offBalance: (factor: string) =>
    `The base was multiplied by ${factor}, so that the total is again what was observed.`,
  warnings: 'Proxies',
  declaredProxy: (factor: string, of: string, reason: string) =>
    `${factor} may stand in for ${of}: ${reason}`,
  measuredProxy: (factor: string, of: string, v: string) =>
    `${factor} says much about ${of} in this portfolio (Cramér’s V ${v}).`,
  ratioBeyond: (factor: string, ratio: string) =>
    `${factor} spreads ${ratio} : 1, more than the list allows. No tariff is made until it is limited.`,
  make: 'Make a tariff of it',
  makeHint:
    'It waits for another person. It carries the hashes of the answer, the cohort, the model and the factors.',
  name: 'Name',
  validFrom: 'Valid from',
  previous: 'Follows',
  noPrevious: 'Nothing',
  doMake: 'Make the version',
  makeLacks: (what: string) => `Before a version can be made it needs: ${what}.`,
  lacks: {
    name: 'a name',
    validFrom: 'the day it is valid from',
    currency: 'the currency, three letters such as TWD, above',
  },
  made: (name: string) => `${name} waits for approval.`,
  knownTariff: 'The very same version is kept already.',
  goTariffs: 'Go to “Tariffs”',
  problems: {
    'no-such-result':
      'The recorded result is not on this node any more. Nothing was priced. Choose another one.',
    'no-such-exposure':
      'The exposure file is not on this node any more. Nothing was priced. Choose another one.',
    'no-rules':
      'Nobody has said which factors this product may use there. Nothing was priced. Save a list under “Permitted factors”.',
    'not-later':
      'The result to test on does not begin after the months that are priced. Nothing was priced. Choose a later one.',
    'not-approved':
      'Only an approved version prices a group. Nothing was priced. Another person than its maker approves it.',
    'group-and-plan': 'No answer tells apart groups within plans. Nothing was priced. Choose one of the two.',
    mismatch: {
      bands:
        'The age bands of the exposure file are others than those of the answer. Nothing was priced. Choose the file that the answer was asked with.',
      months:
        'The exposure file lacks months of the answer. Nothing was priced. Import a file that has them all.',
      groups:
        'The exposure file lacks groups of the answer. Nothing was priced. Import a file that has them.',
    },
    'not-noted':
      'A change by hand or a step was not noted by this node. Nothing was priced. Take it back and make it anew.',
    factors: 'These factors are refused, and the audit says so. Nothing was priced.',
    refusal: {
      'not-allowed': (factor: string, _detail: string) => `${factor} is not on the list.`,
      forbidden: (factor: string, detail: string) => `${factor} is forbidden: ${detail}`,
      ratio: (factor: string, detail: string) =>
        detail === ''
          ? `${factor} has a limit of its ratio, which a formula hides.`
          : `${factor} spreads ${detail} : 1, more than the list allows.`,
    },
  },
  engine: {
    'bad-option': (d: Detail) =>
      `${text(d['option'])}: “${text(d['value'])}” is not possible; ${text(d['allowed'])}.`,
    'bad-number': (d: Detail) =>
      `${text(d['what'])}: ${text(d['value'])} is no usable number; ${text(d['allowed'])}.`,
    'nothing-to-fit': (d: Detail) => `There is nothing to fit: ${text(d['what'])}.`,
    'unknown-level': (d: Detail) => `${text(d['factor'])} has no level “${text(d['level'])}”.`,
    'unknown-factor': (d: Detail) => `There is no factor “${text(d['factor'])}” in these cells.`,
    'no-rate': (d: Detail) =>
      `The tariff has no relativity for ${text(d['factor'])} “${text(d['level'])}”: too little was known of it where the tariff was made. Price the group without these people, or set the relativity by hand under “Pricing” and make a version of it.`,
    'too-many': (d: Detail) =>
      `Too many ${text(d['what'])}: ${text(d['count'])}, at most ${text(d['most'])}.`,
    'tables-differ': (d: Detail) => `The tables do not fit each other: ${text(d['what'])}.`,
    'numeric-overflow': (_d: Detail) =>
      'In some level the claims or costs of the answer add up to nothing or less: noise is larger than what was counted. Use fewer factors, or a table with fewer groups and age bands.',
    other: (d: Detail) => `The cells give no honest number (${text(d['code'])}).`,
  } as Record<string, (detail: Detail) => string>,
  nothingPriced: 'Nothing was priced',
  incidence: {
    title: 'Chance of the event within each year',
    hint: 'From answered requests: a survival curve, and a Cox model of the same people by the curve’s own variable over it. Both are on a grid; no time of anybody’s event is in them.',
    none: 'No survival curve was answered yet. Ask for one in “Requests”.',
    curve: 'Survival curve',
    effects: 'Cox model over it',
    ask: 'Make yearly rates',
    refused: {
      'not-here': 'That answer is not on this node any more. Nothing was computed. Choose another one.',
      'other-people':
        'The model is of another cohort, snapshot or follow-up than the curve. Nothing was computed. Choose one of the same people.',
      'other-baseline':
        'Hazard ratios multiply the hazard of their first level, and the curve has none of it. Nothing was computed. Choose a model with one covariate and a curve by that covariate with the same levels.',
      'no-events': 'No step of the curve has an event, so there is no rate.',
    },
    everybody: 'Everybody in the cohort',
    from: 'From',
    origins: { curve: 'Curve', model: 'Hazard ratio over the curve of the first level' },
    year: 'Year',
    rate: 'Rate',
    partial: '(in part)',
    note: 'Among those without the event when the year begins. Hazard ratios are against the first level of their model; baseline and effects count as independent of each other.',
  },
}

export const zhHant: typeof en = {
  ...premium.zhHant,
  ...checks.zhHant,
  ...elsewhere.zhHant,
  ...rules.zhHant,
  title: '定價',
  honest:
    '費率來自本機構團體的已存結果表與自有承保暴露檔。此處不向醫院提問，也不扣預算；答案的雜訊都計入每一個區間。',
  none: '尚無本機構團體的結果表。請在「團體風險」提出申請，並在該處匯入承保暴露檔。',
  allWithheld:
    '本機構團體的表已回答，但閘道整張不公布：病人太少，因此沒有可供定價的數字。再次申請相同的表，結果也相同。可在「團體風險」申請另一張表：等病人較多的新快照，或使用團體較少、年齡層較寬的承保暴露檔。',
  noExposure: '尚無承保暴露檔，因此只有理賠、沒有費率。請在「團體風險」匯入。',
  what: '定價對象',
  result: '已存結果',
  resultOf: (title, from, to) => `${from} 至 ${to}，${title}`,
  exposure: '承保暴露檔',
  exposureOfDemonstration: '示範自帶，由虛構承保名冊產生',
  exposureOf: (name, from, to) => `${from} 至 ${to}，${name}`,
  earlier: '先前在此處理的內容另行保留，直到換人使用或 Consilium 結束為止。',
  backToEarlier: '回到先前的內容',
  replaced: {
    result: '原先選用的已記錄結果已不在本節點，目前以另一個代替。請重新選擇。',
    exposure: '原先選用的承保暴露檔已不在本節點，目前以另一個代替。請重新選擇。',
  },
  product: '商品',
  jurisdiction: '法域',
  currency: '幣別',
  model: '模型',
  models: {
    'frequency-severity': '頻率 × 幅度',
    'pure-premium': '純保費（Tweedie）',
    imported: '外部費率',
  },
  frequency: '頻率分布',
  families: {
    poisson: 'Poisson',
    quasipoisson: '準 Poisson',
    'negative-binomial': '負二項',
    gamma: 'Gamma',
    tweedie: 'Tweedie',
  },
  noNegativeBinomial: '負二項分布只能配適精確件數，而答案含有雜訊；機遇以外的離散由準 Poisson 處理。',
  power: 'Tweedie 冪次',
  modelOf: (name, parts) => `${name}，${parts.join(' × ')}`,
  factors: '費率因子',
  factorNames: {
    ageBand: '年齡層',
    sex: '性別',
    group: '團體',
    plan: '方案',
    month: '月份',
    tobacco: '吸菸',
    area: '費率區',
    familySize: '家庭人數',
    healthStatus: '健康狀況',
    geneticData: '基因資訊',
  },
  levelNames: { female: '女', male: '男', other: '其他', unknown: '不詳' },
  otherGroups: '小型團體合併',
  otherPlans: '小型方案合併',
  groupOrPlan: '團體與方案分別在不同的結果表中，因此一次只能依其中一項定價：選了一項，另一項即取消。',
  holdout: '用於檢驗的較新結果',
  noHoldout: '無',
  price: '定價',
  pricing: '計算中…',
  cut: (amount) => `每位病人的費用最多計入 ${amount}，超過部分不在任何格子內：請在「保費」加計大額理賠池。`,
  withheld: (cells, share) => `${cells} 個格子由閘道判定不公布，占暴露量 ${share}，費率不涵蓋這些部分。`,
  headline: '平均每人年總保費',
  pureHeadline: '平均每人年純保費',
  pureOnly: '僅含理賠：尚未加入費用、附加或分攤池。由純保費到總保費的步驟在「保費」。',
  interval: (lower, upper) => `${lower} 至 ${upper}（95 %，含雜訊與機遇）`,
  intervalBeside:
    '這是模型的界限，包含相對係數的誤差，以及各格子超出機遇的離散。「團體風險」假設每件理賠各自發生，也不使用模型，因此兩處純保費的值相近，但界限不同，該處通常較窄。',
  cellsLine: (cells, years, claims) => `${cells} 個格子、${years} 人年、${claims} 件理賠`,
  tabs: {
    relativities: '相對係數',
    premium: '保費',
    checks: '檢驗',
    elsewhere: '外部模型',
    incidence: '年發生率',
    factors: '可用因子',
  },
  measures: { tariff: '費率', frequency: '頻率', severity: '幅度', 'pure-premium': '純保費' },
  factor: '因子',
  show: '顯示',
  measure: '量',
  relativity: '相對係數',
  limits: '95 % 區間',
  level: '水準',
  exposureYears: '人年',
  claims: '理賠件數',
  observed: '觀察值',
  fitted: '配適值',
  p: 'p',
  isBase: '基準',
  noCellShown: '沒有公布的格子',
  dispersionP: 'p（離散大於 1）',
  noData: '無資料',
  base: (rate) => `基準水準的費率：${rate}。`,
  baseLevels: (list) => `各因子的基準水準（相對係數為 1）：${list}。`,
  baseLevel: (factor, level) => `${factor} ${level}`,
  noBaseLevel: (factor) => `${factor}無（經人工調整，或原始費率即如此）`,
  folded: (levels) => `${levels}共用一個相對係數：其中有水準的理賠或費用無法與釋出雜訊區分。`,
  perYear: (rate) => `每人年 ${rate}`,
  perClaim: (amount) => `每件 ${amount}`,
  figure: (factor, rows) => `${factor}的相對係數與區間，下方長條為暴露量。${rows}`,
  tableTitle: (measure, factor) => `${measure}：依${factor}的相對係數`,
  tableNote: '區間包含機遇與答案的雜訊；人工調整後的誤差仍為估計值的誤差。',
  changes: '人工調整',
  change: '調整方式',
  kinds: { smooth: '平滑', monotone: '單調化', cap: '限制上下限', ratio: '限制比值', set: '人工指定' },
  knots: '節點數',
  direction: '方向',
  directions: { rising: '遞增', falling: '遞減' },
  least: '下限',
  most: '上限',
  reason: '理由',
  note: '登錄並重新定價',
  reasonNeeded: '請寫明理由：理由會隨費率保存。',
  remove: '撤回',
  noChanges: '沒有人工調整。',
  communityFolds:
    '社區費率：清單在其他調整之後，將其本身以外的所有因子調為 1，並列為費率的步驟。區間與 p 為調整前的估計。',
  changed: (kind, factor, by, day) => `${kind}，${factor}：${by}，${day}`,
  moved: (level, before, after) => `${level}：${before} → ${after}`,
  offBalance: (factor) => `基準費率乘以 ${factor}，使總額回到觀察值。`,
  warnings: '代理變數',
  declaredProxy: (factor, of, reason) => `${factor}可能代理${of}：${reason}`,
  measuredProxy: (factor, of, v) => `在此組合中，${factor}與${of}高度相關（Cramér’s V ${v}）。`,
  ratioBeyond: (factor, ratio) => `${factor}的差距為 ${ratio}：1，超過清單上限。限制之前不能製作費率。`,
  make: '製作費率版本',
  makeHint: '版本須由另一人核定，並附上結果、世代、模型與因子的雜湊值。',
  name: '名稱',
  validFrom: '生效日',
  previous: '前一版本',
  noPrevious: '無',
  doMake: '製作版本',
  makeLacks: (what) => `製作版本前還需要：${what}。`,
  lacks: { name: '名稱', validFrom: '生效日', currency: '幣別（上方，三個字母，如 TWD）' },
  made: (name) => `${name} 等待核定。`,
  knownTariff: '完全相同的版本已經存在。',
  goTariffs: '前往「費率」',
  problems: {
    'no-such-result': '此已存結果已不在本節點，未定價。請選擇其他結果。',
    'no-such-exposure': '此承保暴露檔已不在本節點，未定價。請選擇其他檔案。',
    'no-rules': '尚未有人說明此商品可用哪些因子，未定價。請在「可用因子」儲存清單。',
    'not-later': '用來測試的結果並非在定價月份之後開始，未定價。請選擇較晚的結果。',
    'not-approved': '只有已核定的版本可為團體計價，未計價。須由製作者以外的人核定。',
    'group-and-plan': '沒有答案同時區分團體與方案，未定價。請選擇其中一項。',
    mismatch: {
      bands: '承保暴露檔的年齡層與答案不同，未定價。請選擇提出申請時所用的檔案。',
      months: '承保暴露檔缺少答案中的月份，未定價。請匯入完整的檔案。',
      groups: '承保暴露檔缺少答案中的團體，未定價。請匯入包含這些團體的檔案。',
    },
    'not-noted': '有一項人工調整或步驟不是由本節點登錄，未定價。請撤回後重做。',
    factors: '以下因子被拒，並已記入稽核。未定價。',
    refusal: {
      'not-allowed': (factor) => `${factor}不在清單上。`,
      forbidden: (factor, detail) => `${factor}禁止使用：${detail}`,
      ratio: (factor, detail) =>
        detail === ''
          ? `${factor}有比值上限，公式無法顯示比值。`
          : `${factor}的差距為 ${detail}：1，超過清單上限。`,
    },
  },
  engine: {
    'bad-option': (d) => `${text(d['option'])}：「${text(d['value'])}」不可用；${text(d['allowed'])}。`,
    'bad-number': (d) => `${text(d['what'])}：${text(d['value'])} 不是可用的數值；${text(d['allowed'])}。`,
    'nothing-to-fit': (d) => `沒有可配適的資料：${text(d['what'])}。`,
    'unknown-level': (d) => `${text(d['factor'])}沒有「${text(d['level'])}」這個水準。`,
    'unknown-factor': (d) => `格子沒有「${text(d['factor'])}」這個因子。`,
    'no-rate': (d) =>
      `費率沒有${text(d['factor'])}「${text(d['level'])}」的相對係數：製作費率時對其所知太少。請不含這些人計價，或在「定價」中手動設定係數後製作新版本。`,
    'too-many': (d) => `${text(d['what'])}過多：${text(d['count'])}，上限 ${text(d['most'])}。`,
    'tables-differ': (d) => `表格彼此不符：${text(d['what'])}。`,
    'numeric-overflow': () =>
      '某個水準的理賠或費用合計為零或負數：雜訊大於所計得的數值。請減少因子，或申請團體與年齡層較少的結果表。',
    other: (d) => `這些格子無法給出可靠的數值（${text(d['code'])}）。`,
  },
  nothingPriced: '未定價',
  incidence: {
    title: '各年內發生事件的機率',
    hint: '來自已回覆的申請：一條存活曲線，以及相同對象、以曲線分組變項為唯一共變項的 Cox 模型。兩者都在固定時間格上，不含任何人的事件時間。',
    none: '尚無已回覆的存活曲線，請在「資料申請」提出。',
    curve: '存活曲線',
    effects: '套用的 Cox 模型',
    ask: '計算年發生率',
    refused: {
      'not-here': '此答案已不在本節點，未計算。請選擇其他答案。',
      'other-people': '模型與曲線的世代、快照或追蹤期間不同，未計算。請選擇相同對象的模型。',
      'other-baseline':
        '風險比須乘上第一個水準的風險，而此曲線沒有該水準。未計算。請選擇單一共變項的模型，以及按該共變項、相同水準分組的曲線。',
      'no-events': '曲線上沒有事件，因此沒有發生率。',
    },
    everybody: '世代全體',
    from: '來源',
    origins: { curve: '曲線', model: '以第一個水準的曲線乘上風險比' },
    year: '年',
    rate: '發生率',
    partial: '（部分）',
    note: '以年初尚未發生事件者為母數。風險比以模型的第一個水準為基準；基準與效果視為彼此獨立。',
  },
}
