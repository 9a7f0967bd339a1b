/** Words of the insurer's room: its own groups, the table that says of them, and the file of its own exposure. */

const plural = (count: string, one: string, many: string) => (count === '1' ? one : many)

export const en = {
  title: 'Groups',
  tabs: { risk: 'Risk of groups', series: 'Over the tables', ask: 'Ask for a table', file: 'Exposure file' },
  portfolio: 'Whole portfolio',
  other: 'Small groups together',
  group: 'Group',
  level: 'Level',
  levels: { plan: 'Plans', group: 'Employer groups' },
  planCalled: (name: string) => `${name} (plan)`,
  noPlans: 'Without plans: the file of this table had one alone, or it was asked before plans were watched.',
  crossed:
    'Plans and groups stand beside each other: a group within a plan is not counted. Cut by plan, most groups would have too few patients to be shown, and the table would cost more than a year’s allowance. What one group’s plans cost, only your own books say.',
  lives: 'Lives',
  memberYears: 'Member-years',
  exposure: 'Member-years',
  premium: 'Premium',
  month: 'Month',
  patients: 'Patients',
  claims: 'Claims in the month',
  observed: 'Observed',
  /** What is counted. */
  observedOf: { claims: 'Claims observed', persons: 'Persons observed' },
  expected: 'Expected',
  expectedByRoot: 'Expected claims (root scale)',
  excess: 'Above expected',
  ratio: 'Actual / expected',
  limits95: '95 % limits',
  p: 'p',
  yes: 'Yes',
  no: 'No',
  signal: 'Signal',
  standsOut: 'Stands out',
  condition: 'Condition',
  known: 'Known',
  listComma: ', ',
  listSemicolon: '; ',
  withheld: 'withheld',
  tooNoisy: 'lost in the noise',
  tableOf: (last: string, height: string) => `Up to ${last}, snapshot ${height}`,
  snapshotOf: (height: string, day: string) => `Height ${height}, records up to ${day}`,
  claimsOnly: 'claims only, no rate',
  notReadable: 'too few expected',
  ownMeasure:
    'Groups are measured by all groups together, which have no actual / expected of their own; neither has one group alone.',
  table: 'Table',
  noFile: 'No exposure file',
  measures: {
    exposure: 'Exposure, member-years',
    visits: 'Visits per member-year',
    claims: 'Claims per member-year',
    severity: 'Cost per claim',
    purePremium: 'Pure premium',
    lossRatio: 'Loss ratio',
    prevalence: 'With a chronic condition',
    caseMix: 'Case mix, Charlson points',
    ratio: 'Actual / expected',
  },
  conditions: {
    hypertension: 'Hypertension',
    diabetes: 'Diabetes',
    lipids: 'Disorders of lipids',
    kidney: 'Chronic kidney disease',
    heart: 'Heart disease',
    lung: 'Chronic lung disease',
    obesity: 'Obesity',
    cancer: 'Cancer',
  } as Readonly<Record<string, string>>,
  /** What each measure is a rate of. */
  denominators: {
    visits: (value: string) => `of ${value} member-years`,
    claims: (value: string) => `of ${value} member-years`,
    severity: (value: string) => `of ${value} claims`,
    purePremium: (value: string) => `of ${value} member-years`,
    lossRatio: (value: string) => `of a premium of ${value}`,
    prevalence: (value: string) => `of ${value} lives`,
    caseMix: (value: string) => `of ${value} persons`,
    ratio: (value: string) => `of ${value} expected claims`,
  },
  counted: (value: string) => `${value} counted`,
  completion: (percent: string) => `${percent} reported by now`,
  width: (parts: string) => `Width: ${parts}`,
  widthHead: 'Width by',
  widthOf: { chance: 'chance', noise: 'noise', immaturity: 'late reporting' },
  amounts: (variation: string) =>
    `Limits of costs assume that the amounts of claims, each patient’s costs being cut off, vary with a coefficient of ${variation}: no table says it. Where a few large claims make the cost, they are too narrow.`,
  uncovered: (percent: string) =>
    `${percent} of the exposure stands in cells that were withheld and are in no rate.`,
  bandNote:
    'Each rate with the limits that chance, the noise of the release and late reporting have together, 95 %. Of rates and costs claims are taken as coming one by one; limits in “Pricing” are of a model and mostly wider.',
  expectedBy: 'Expected: rates of all groups by age band and sex, times the group’s exposure.',
  expectedCrude: 'Expected: the rate of all groups; too few cells are shown to go by age and sex.',
  source: (height: string, day: string, epsilon: string, attested: string, gateways: string) =>
    `Snapshot at height ${height}, records up to ${day}. Automatic lane with noise; charged once, ε ${epsilon}. ${attested} of ${gateways} gateways attested it. Nothing on this page is asked anew.`,
  window: (organisation: string, months: string, last: string, most: string) =>
    `${organisation}, ${months} months up to ${last}. A patient counts with at most 8 visits, 8 claims and a cost of ${most} in all months.`,
  file: {
    title: 'Exposure file',
    intro:
      'Member-months and earned premium by plan, group, age band, sex and month. The file stays on this node; no hospital and no other member sees it.',
    columns:
      'CSV in UTF-8 with a header and one line a cell, as below. Sex: female, male, other or unknown. Age bands follow each other and begin at multiples of five. Premium in minor units: 496000 is 4,960.00 where the currency has hundredths.',
    example: 'An example',
    choose: 'Choose a file…',
    used: 'File for rates',
    take: 'Keep this version',
    taken: 'Kept. Rates use the newest file.',
    isKept: 'This very file is kept already.',
    changed: 'The file has changed since it was looked at. Nothing was kept; choose it again.',
    full: (most: string) => `${most} versions are kept. Remove one that is not needed any more.`,
    summary: (rows: string, months: string, groups: string, lives: string) =>
      `${rows} ${plural(rows, 'row', 'rows')}, ${months} ${plural(months, 'month', 'months')}, ${groups} ${plural(groups, 'group', 'groups')}, ${lives} member-months.`,
    preview: 'First rows',
    errors: (count: string) =>
      `${count} ${plural(count, 'error', 'errors')}. Nothing was taken: half a denominator is worse than none.`,
    more: (count: string) => `and ${count} more`,
    line: 'Line',
    column: 'Column',
    problem: 'What is wrong',
    code: {
      unreadable: (found: string) => `The file cannot be read (${found}).`,
      'too-large': (found: string) => `The file is too long (${found}).`,
      'not-a-table': (found: string) => `This is no table in UTF-8 with commas (${found}).`,
      'missing-column': () => 'The column is missing.',
      empty: () => 'Empty.',
      'not-a-month': (found: string) => `“${found}” is no month such as 2024-01.`,
      'not-a-sex': (found: string) => `“${found}” is none of female, male, other, unknown.`,
      'not-a-band': (found: string) =>
        `“${found}” is no age band that fits the others: bands such as 0-34, 35-49, 50+ follow each other without a gap and begin at multiples of five.`,
      'not-a-number': (found: string) => `“${found}” is no number.`,
      'below-nothing': (found: string) => `${found} is below 0.`,
      'double-cell': () => 'The same cell stands in an earlier line.',
    },
    meant: (name: string) => `Is “${name}” meant?`,
    firstLine: (line: string) => `First in line ${line}.`,
    versions: 'Kept versions',
    none: 'No exposure file yet: tables of the gateways then say claims and no rates.',
    importedAt: (when: string) => `Imported ${when}`,
    ofDemonstration:
      'This file is the demonstration’s own: written from the roll of its invented members, with those who never came to a hospital, and imported in this insurer’s name when the hospitals were filled. Nobody at this desk chose it.',
    remove: 'Remove',
    removeTitle: 'Remove this version?',
    removeText: (name: string) =>
      `“${name}” is removed from this node. Tables that were asked by it stay; their rates need a file again.`,
  },
  ask: {
    title: 'Ask for a monitoring table',
    intro:
      'One table for one snapshot, made from your file: its groups, plans, months and age bands. Gateways answer it only to the insurer whose name stands in the records as the payer.',
    snapshot: 'Snapshot',
    perYear: 'Tables a year',
    perYearHint: 'The yearly allowance is shared among so many',
    noSnapshot:
      'The hospitals have not declared a snapshot yet. A table can be asked as soon as there is one.',
    needsFile: 'First import an exposure file: its groups are what the table is asked for.',
    toFile: 'Import a file',
    months: (months: string, last: string) => `${months} ${plural(months, 'month', 'months')} up to ${last}.`,
    groups: (shown: string, merged: string) =>
      merged === '0'
        ? `${shown} ${plural(shown, 'group', 'groups')}.`
        : `${shown} ${plural(shown, 'line', 'lines')} of groups; ${merged} groups with fewer than 50 lives, or too many for one table, stand under one.`,
    oneLine:
      'Everything would stand in one line: nothing in this table could be compared, and it is charged all the same. A file in which at least two groups have 50 lives or more gives a table that can be read.',
    leftOut: (groups: string, lives: string) =>
      `${groups} of the smallest groups, with ${lives} lives together, are in no group’s number of this table: their names would make the request longer than gateways take.`,
    plans: (plans: string) => `${plans} plans, in tables of their own.`,
    noPlans: 'Without plans: the file has one alone, or all but one are too small.',
    plansLeftOut: (plans: string) =>
      `${plans} of the smallest plans are in no plan’s number of this table: their names would make the request too long.`,
    leastOfPlan: (persons: string, claims: string) =>
      `A plan from about ${persons} patients on, and about ${claims} claims.`,
    tableTitle: (of: string) => `What is asked, by ${of.toLowerCase()}`,
    benchmark: (insurers: string) => `With a benchmark of ${insurers} insurers.`,
    noBenchmark: 'Without a benchmark: the consortium has fewer than three insurers.',
    least: (persons: string, claims: string) =>
      `A group is shown from about ${persons} patients on. Actual to expected is known to a quarter from about ${claims} claims on.`,
    price: (rho: string, epsilon: string) =>
      `Price: ρ = ${rho} (ε = ${epsilon} at δ = 10⁻⁶), charged once. The same table is free afterwards.`,
    remains: (room: string, whole: string) => `Of this year’s allowance ρ = ${room} of ${whole} remains.`,
    tooDear: 'A limit leaves too little room for this table now. Nothing is charged.',
    isRegistered: 'Asked under a registered protocol: what is watched was fixed before any number was seen.',
    willRegister: 'With the click the protocol is registered on the chain, then the table is asked.',
    submit: 'Register and ask',
    submitAgain: 'Ask',
    registering: 'The registration waits for its block…',
    sent: 'Asked. The answer stands here as soon as the gateways agree.',
    same: 'This very table was asked before; asking again is free.',
    open: 'Open it',
    waiting: 'Asked and not answered yet',
    protocol:
      'Monitoring of own groups: claims, visits, cost, chronic conditions and case mix by group and by plan, age band, sex and month, once for each snapshot; actual to expected, funnel plot at a false-discovery rate of 5 %, CUSUM for rises by a quarter and by a half.',
    protocolTitle: 'Monitoring of own groups',
    requestTitle: (last: string) => `Monitoring table up to ${last}`,
    problem: {
      'too-few-months': (months: string) =>
        `The file has ${months} months in a row that the snapshot has; six are needed.`,
      'all-too-small':
        'All groups of the file together have fewer than 50 lives: nothing of so few is asked.',
      'unclear-bands': (labels: string) =>
        `Age bands must follow each other without a gap and begin at multiples of five, such as 18-34, 35-49, 50+. Unclear: ${labels}.`,
      'too-many-bands': 'The file has more age bands than one table may have. Use wider ones.',
      'no-file': 'The file is not here any more.',
      'no-snapshot': 'The snapshot is not here yet.',
      'no-insurer': 'Only an insurer asks for its own groups.',
    },
    refused:
      'Not asked: the request is not one that gateways take. Nothing was charged. Choose the file once more and ask again.',
  },
  none: 'No monitoring table has been answered yet. Import your exposure file, then ask for a table of a snapshot.',
  /** In the demonstration, before anything was asked. */
  noneOfDemonstration:
    'The demonstration asks its first monitoring table by itself, some seconds after the hospitals are filled and have declared a snapshot. It then stands here; nothing needs to be done. Of very few patients no snapshot is declared, and there is none.',
  beingAnswered:
    'A monitoring table was asked and is being answered. It stands here as soon as the gateways agree; nothing needs to be done.',
  noneAction: 'Ask for a table',
  isWithheld:
    'The gateways withheld the whole table: too few patients for any number. It was charged and stays so, and asking for the same table again gives the same. What helps is another table: of a later snapshot with more patients, or by a file with fewer groups and wider age bands.',
  mismatch: {
    bands:
      'The age bands of this file are not those that the table was asked with, so there are no rates. Choose the file that was used then.',
    months: 'This file does not have all months of the table, so there are no rates.',
    groups: 'Groups or plans of the table are not in this file, so there are no rates.',
  },
  changed: 'Which groups and plans changed',
  nothingChanged: 'No group and no plan changed by more than chance and noise explain.',
  oneAlone:
    'One line alone has numbers in this table: there is no other to compare it with, so nothing is said about a change. A table with several groups says more.',
  falseAlarms: (count: string, tables: string, rises: string, charts: string, levels: string) =>
    `Without any change at most about ${count} false alarms a year are expected, with ${tables} ${plural(tables, 'table', 'tables')} a year as dear as this one: ${rises} from ${charts} ${plural(charts, 'chart', 'charts')} of rises, each drawn anew by every table, and ${levels} from comparing all over the whole period.`,
  nothingReadable: 'No group can be compared: too few are expected, or there is no exposure file.',
  alert: {
    /** `until` is null where it goes on. */
    rise: (group: string, since: string, until: string | null, ratio: string) => {
      const when = since === until ? `in ${since}` : `from ${since} to ${until}`
      return `${group}: more claims than expected ${until === null ? `since ${since}` : when}, ${ratio} times.`
    },
    level: (group: string, ratio: string) =>
      `${group}: apart from the others over all months, ${ratio} times what is expected.`,
    lastSignal: (month: string) => `Last signal in ${month}.`,
    sure: (limits: string) => `Limits ${limits} (95 %, noise included).`,
    chosen: 'The chart chose the beginning, so the ratio is rather too high.',
    falseAlarms: (count: string) => `Without any change ${count} such alarms a year are expected here.`,
    discovery: 'Of all that are called so, 5 % are expected to be called by chance.',
    falseLevels: (count: string) =>
      `Without any difference ${count} such alarms a year are expected among all of them together.`,
    next: (by: string, label: string, share: string) =>
      `Look next at ${by}: ${label} (${share} of the excess that can be read).`,
    noNext: 'No single part stands out in what was released.',
    show: 'Show the cause',
    noted: (when: string) => `First shown ${when}; it is in the audit.`,
    looked: (when: string) => `Looked into ${when}.`,
  },
  noted: {
    title: 'Alerts so far',
    when: 'First shown',
    who: 'Group or plan',
    table: 'Table up to',
    looked: 'Looked into',
    notYet: 'not yet',
    /** Of alerts that are older than the button that says so. */
    before: 'not said',
    what: 'What',
    months: 'Months',
    kinds: { rise: 'Rise', level: 'Apart from the others', persisting: 'Lasts over tables' },
    note: 'Each alert stands here and in the audit once, with the numbers with which it was first shown.',
  },
  by: { ageBand: 'Age band', condition: 'Condition', month: 'Month' },
  causes: 'Where it comes from',
  causeOf: (group: string, by: string) => `${group}: by ${by.toLowerCase()}`,
  /** The parts are of the whole table, whatever months a rise has. */
  causePeriod: (from: string, to: string) =>
    `Of ${from} to ${to} together: the table has these parts for its whole period, not by month, so what rose in some months shows less here.`,
  causeTests:
    'Stands out: at a false-discovery rate of 5 % over all conditions of all groups (or plans) of the table together. Persons are expected by exposure alone, as the table has conditions by neither age nor sex: an older group has more of them.',
  causeWithheld: (count: string) =>
    `${count} more ${plural(count, 'condition is', 'conditions are')} withheld: too few persons have ${plural(count, 'it', 'them')}.`,
  causeMonths: (from: string, to: string) =>
    `Each month of the table, ${from} to ${to}. Expected here: by the rate that all of them together have in the same month. An alert expects by age and sex over all months, so its ratio of the same months may be another.`,
  stops: {
    'no-table': 'It stops here: without an exposure file nothing is expected of a part.',
    withheld: 'It stops here: the gateways withheld every part, each stands for too few patients.',
    'too-few': 'It stops here: in each part fewer than 5 are expected, which cannot be told from chance.',
  },
  leftOut: (count: string) =>
    `${count} more ${plural(count, 'part is', 'parts are')} too small to be told from chance.`,
  funnelTitle: 'Groups beside each other',
  funnelOf: (list: string) => `Actual over expected of each group: ${list}`,
  funnelLegend: { inner: '95 %', outer: '99.8 %', signal: '▲ stands out' },
  funnelNote: (phi: string) =>
    `Overdispersion ${phi}; a signal holds at a false-discovery rate of 5 % over these groups.`,
  /** What limits of claims are widened by; null where it cannot be told. */
  dispersion: (phi: string | null, most: string) =>
    phi === null
      ? 'How far claims come together in some people cannot be told from so few cells: limits of actual / expected take them as coming one by one.'
      : phi === '1'
        ? `Claims were not seen to come together in some people more than by chance (a group’s count varies by at most ${most} times its mean, 95 %), measured between groups, ages and sexes after the noise: limits of actual / expected, the funnel and the cumulative sums take them as coming one by one.`
        : `Claims come together in some people: a group’s count varies by ${phi} times its mean (at most ${most}, 95 %), measured between groups, ages and sexes after the noise. Limits of actual / expected, the funnel and the cumulative sums have it in them.`,
  funnelLeftOut: (left: string) =>
    `${left} ${plural(left, 'group is', 'groups are')} not drawn: fewer than 5 claims expected, or withheld.`,
  monthsNote:
    'Band: where 19 of 20 such months lie around what is expected, by noise and by chance if claims come one by one. Claims of one person often come together, so that more months than that may lie outside: one month is no sign of a change, the charts of cumulative sums are.',
  monthsWithheld: (months: string) =>
    `Withheld, marked ×: ${months}. Too few patients, which is not no claim.`,
  monthsPartly: (months: string) =>
    `Withheld in part: ${months}. Claims, member-years and what is expected are of the others alone.`,
  monthPart: (month: string, withheld: string) => `${month} (${withheld})`,
  monthsOf: (group: string) => `${group}: month by month`,
  ratesTitle: (group: string) => `${group}: claims per member-year, month by month`,
  ratesNote:
    'Band: 95 % limits by chance if claims come one by one, by the noise of the release, and by what is not reported yet; a young month is shown as it will come to. At most two claims of a person count in a month, so the level is not that of the year’s rate.',
  cusumTitle: (group: string) => `${group}: cumulative sum of what is above expected`,
  cusumTitleOf: (group: string, rise: string) => `${group}: cumulative sum, for a rise by ${rise}`,
  cusumOfRise: (rise: string) => `CUSUM, ${rise}`,
  cusumOf: (group: string, signals: string) =>
    `Cumulative sum of ${group}${signals === '' ? '' : `, signals in ${signals}`}`,
  cusumSum: 'CUSUM',
  threshold: 'threshold',
  ranking: {
    title: 'In order, with credibility',
    credibility: 'Credibility',
    ratio: 'Actual / expected, credible',
    lossRatio: 'Loss ratio, credible',
    note: 'Credibility: how much of a measured ratio is the group’s own and no chance or noise. The rest is drawn to 1 (actual / expected) or to the loss ratio of all: a small group stands first or last by chance more easily than a large one. Order by the credible actual / expected.',
    middle: (share: string) => `Loss ratios are drawn to ${share}.`,
  },
  ewmaTitle: (group: string) => `${group}: where it stands by now`,
  ewma: 'Average (EWMA)',
  ewmaLower: 'Lower limit',
  ewmaUpper: 'Upper limit',
  ewmaOf: (group: string, months: string) =>
    `Weighted average of actual over expected of ${group}${months === '' ? '' : `, beyond its limits in ${months}`}`,
  ewmaNote:
    'Average of actual / expected in which the newest month counts 0.2 and each older one 0.8 times the one after it; limits of 2.7 standard errors around 1, with noise and late reporting. It shows slow changes both ways and gives no alarm: those come from the cumulative sums and from comparing over the whole period.',
  cusumNote: (rise: string, threshold: string, alarms: string) =>
    `Watches for a rise by ${rise}. Threshold ${threshold}; ${alarms} false alarms a year are expected. After a signal it begins at 0 again.`,
  noCusum: 'This group has no chart: fewer than three months can be read.',
  tableTitle: 'Measures by group',
  prevalenceOf: (group: string) => `Chronic conditions: ${group}`,
  prevalenceNote:
    'Insured persons with a visit for the condition, of all lives; at most four conditions of a person count.',
  triangleTitle: 'Late reporting: claims known by months since the visit',
  triangleNote:
    'Chain ladder on the newest months; what is not known yet widens the bands of claims and cost. In the snapshot’s own month claims count as far as they had come.',
  laterNone: (months: number) =>
    `What comes later than +${months} is too little in some month to be shown, and counts as none.`,
  withinMonths: (months: number) => (months === 0 ? 'same month' : `+${months}`),
  claimsKnown: 'Claims known, dashed: to come',
  triangleOf: (list: string) => `Claims known by months since the visit: ${list}`,
  knownOf: (month: string, claims: string, share: string) => `${month} ${claims} (${share})`,
  triangleStops: {
    withheld: (cells: string) =>
      `No triangle: ${cells} of its cells stand for too few patients, among them some of the same month or the next. Rates are shown as if all were reported.`,
    'too-short': 'No triangle: fewer than three months.',
    settled:
      'Nothing is to come: when the snapshot was taken, the claims of every one of these months had had their time.',
    undeveloped:
      'No triangle: in too few months, or too few delays that are shown, claims may still come for anything to be developed. Rates are shown as if all were reported.',
    'no-pattern': 'No triangle: nothing to develop from. Rates are shown as if all were reported.',
  },
  benchmark: {
    title: 'Benchmark: claims per 1,000 person-months',
    own: 'Own portfolio',
    market: 'All insurers together',
    personMonths: 'Person-months',
    allMonths: 'All these months',
    note: (insurers: string) =>
      `Of ${insurers} insurers of the consortium together, one’s own among them. A person counts, by the hospitals’ records, as with the insurer who paid the last visit, at most a year before the month; two claims of a person and month count at most.`,
    rule: 'Shown only where at least three insurers have enough people in the records, and where no insurer has more than 85 % of what is left when another one takes itself away. No single other insurer can be read from it.',
    none: {
      'not-asked':
        'No benchmark: this table was asked when fewer than three insurers were members of the consortium.',
      withheld:
        'No benchmark: fewer than three insurers have enough people in these months, or one of them has most, or insurers came or went since.',
    },
  },
  choose: 'Group',
  asChart: 'Chart',
  asTable: 'Table',
  /** Instead of the same words where plans are looked at. */
  ofPlans: {
    other: 'Small plans together',
    group: 'Plan',
    choose: 'Plan',
    ownMeasure:
      'Plans are measured by all plans together, which have no actual / expected of their own; neither has one plan alone.',
    expectedBy: 'Expected: rates of all plans by age band and sex, times the plan’s exposure.',
    expectedCrude: 'Expected: the rate of all plans; too few cells are shown to go by age and sex.',
    funnelTitle: 'Plans beside each other',
    funnelOf: (list: string) => `Actual over expected of each plan: ${list}`,
    funnelNote: (phi: string) =>
      `Overdispersion ${phi}; a signal holds at a false-discovery rate of 5 % over these plans.`,
    funnelLeftOut: (left: string) =>
      `${left} ${plural(left, 'plan is', 'plans are')} not drawn: fewer than 5 claims expected, or withheld.`,
    noCusum: 'This plan has no chart: fewer than three months can be read.',
    tableTitle: 'Measures by plan',
    nothingReadable: 'No plan can be compared: too few are expected, or there is no exposure file.',
  },
}
export type GroupsWords = typeof en

export const zhHant: GroupsWords = {
  title: '團體風險',
  tabs: { risk: '團體風險', series: '歷次監測表', ask: '申請監測表', file: '承保暴露檔' },
  portfolio: '全部承保',
  other: '小型團體合併',
  group: '團體',
  level: '層級',
  levels: { plan: '方案', group: '團體' },
  planCalled: (name) => `${name}（方案）`,
  noPlans: '不含方案：此表的檔案只有一個方案，或申請時尚未監測方案。',
  crossed:
    '方案與團體分別計數；團體之內的各方案不另計：再依方案細分，多數團體的病人會少到不能公布，費用也超過一年的額度。單一團體內各方案的費用，只能查您自己的帳。',
  lives: '人數',
  memberYears: '承保人年',
  exposure: '承保人年',
  premium: '保費',
  month: '月份',
  patients: '病人數',
  claims: '當月理賠件數',
  observed: '觀察值',
  observedOf: { claims: '觀察件數', persons: '觀察人數' },
  expected: '期望值',
  expectedByRoot: '期望理賠件數（平方根尺度）',
  excess: '高於期望',
  ratio: '實際／期望',
  limits95: '95 % 界限',
  p: 'p',
  yes: '是',
  no: '否',
  signal: '警訊',
  standsOut: '顯著不同',
  condition: '疾病',
  known: '已知比例',
  listComma: '、',
  listSemicolon: '；',
  withheld: '不公布',
  tooNoisy: '被雜訊淹沒',
  tableOf: (last, height) => `至 ${last}，快照 ${height}`,
  snapshotOf: (height, day) => `高度 ${height}，資料至 ${day}`,
  claimsOnly: '只有理賠件數，沒有比率',
  notReadable: '期望值過少',
  ownMeasure: '各團體以全部團體合計為基準；合計本身沒有實際／期望比，只有一個團體時也沒有。',
  table: '監測表',
  noFile: '沒有承保暴露檔',
  measures: {
    exposure: '暴露量（人年）',
    visits: '每人年就診數',
    claims: '每人年理賠件數',
    severity: '每件費用',
    purePremium: '純保費',
    lossRatio: '損失率',
    prevalence: '慢性病比例',
    caseMix: '病例組合（Charlson 分數）',
    ratio: '實際／期望',
  },
  conditions: {
    hypertension: '高血壓',
    diabetes: '糖尿病',
    lipids: '血脂異常',
    kidney: '慢性腎臟病',
    heart: '心臟病',
    lung: '慢性肺病',
    obesity: '肥胖',
    cancer: '癌症',
  },
  denominators: {
    visits: (value) => `分母 ${value} 人年`,
    claims: (value) => `分母 ${value} 人年`,
    severity: (value) => `分母 ${value} 件理賠`,
    purePremium: (value) => `分母 ${value} 人年`,
    lossRatio: (value) => `分母為保費 ${value}`,
    prevalence: (value) => `分母 ${value} 人`,
    caseMix: (value) => `分母 ${value} 人`,
    ratio: (value) => `期望 ${value} 件`,
  },
  counted: (value) => `計得 ${value}`,
  completion: (percent) => `目前已申報 ${percent}`,
  width: (parts) => `寬度來源：${parts}`,
  widthHead: '寬度來源',
  widthOf: { chance: '機遇', noise: '雜訊', immaturity: '延遲申報' },
  amounts: (variation) =>
    `費用的界限假設單筆理賠金額的變異係數為 ${variation}（每位病人的費用已設上限）：沒有任何表提供此數值。若費用主要來自少數大額理賠，界限會過窄。`,
  uncovered: (percent) => `${percent} 的暴露量落在不公布的格子，不計入任何比率。`,
  bandNote:
    '每個比率的界限合併機遇、釋出雜訊與延遲申報，95 %；其中比率與費用假設每件理賠各自發生。「定價」的界限來自模型，通常較寬。',
  expectedBy: '期望值：全部團體各年齡層與性別的比率，乘以該團體的暴露量。',
  expectedCrude: '期望值：全部團體的比率；可公布的格子太少，無法依年齡與性別計算。',
  source: (height, day, epsilon, attested, gateways) =>
    `快照高度 ${height}，資料至 ${day}。自動釋出並加雜訊；僅計費一次，ε ${epsilon}。${gateways} 個閘道中有 ${attested} 個證實。本頁不再向醫院提問。`,
  window: (organisation, months, last, most) =>
    `${organisation}，至 ${last} 為止的 ${months} 個月。每位病人最多計 8 次就診、8 件理賠，費用合計最多 ${most}。`,
  file: {
    title: '承保暴露檔',
    intro: '依方案、團體、年齡層、性別與月份的承保人月及已賺保費。檔案只留在本節點；醫院與其他成員都看不到。',
    columns:
      'UTF-8 的 CSV 檔，含標題列，每格一列，如下。性別：female、male、other 或 unknown。年齡組須首尾相接，並以五的倍數開始。保費以最小貨幣單位表示：貨幣有百分之一單位時，496000 即 4,960.00。',
    example: '範例',
    choose: '選擇檔案…',
    used: '計算比率的檔案',
    take: '保存此版本',
    taken: '已保存。比率使用最新的檔案。',
    isKept: '這個檔案已保存。',
    changed: '檔案在檢視後已變更。沒有保存任何內容；請重新選擇。',
    full: (most) => `已保存 ${most} 個版本。請移除不再需要的版本。`,
    summary: (rows, months, groups, lives) =>
      `${rows} 列、${months} 個月、${groups} 個團體、${lives} 承保人月。`,
    preview: '前幾列',
    errors: (count) => `${count} 個錯誤。沒有匯入任何內容：不完整的分母比沒有更糟。`,
    more: (count) => `另有 ${count} 個`,
    line: '行',
    column: '欄位',
    problem: '問題',
    code: {
      unreadable: (found) => `無法讀取檔案（${found}）。`,
      'too-large': (found) => `檔案過長（${found}）。`,
      'not-a-table': (found) => `這不是以逗號分隔的 UTF-8 表格（${found}）。`,
      'missing-column': () => '缺少此欄位。',
      empty: () => '空白。',
      'not-a-month': (found) => `「${found}」不是月份，例如 2024-01。`,
      'not-a-sex': (found) => `「${found}」不是 female、male、other 或 unknown。`,
      'not-a-band': (found) =>
        `「${found}」不是能與其他組相接的年齡組：如 0-34、35-49、50+，須首尾相接、無空隙，並以五的倍數開始。`,
      'not-a-number': (found) => `「${found}」不是數字。`,
      'below-nothing': (found) => `${found} 小於 0。`,
      'double-cell': () => '前面已有相同的格子。',
    },
    meant: (name) => `是否指「${name}」？`,
    firstLine: (line) => `首次出現在第 ${line} 行。`,
    versions: '已保存的版本',
    none: '還沒有承保暴露檔：閘道的表格只有理賠件數，沒有比率。',
    importedAt: (when) => `匯入於 ${when}`,
    ofDemonstration:
      '這是示範自帶的檔案：示範填入各醫院資料時，由虛構的承保名冊（含從未就醫者）產生，並以這家保險公司的名義匯入，不是由這裡的人員選取。',
    remove: '移除',
    removeTitle: '移除此版本？',
    removeText: (name) => `「${name}」將從本節點移除。以它申請的表格會保留；其比率需要再有檔案。`,
  },
  ask: {
    title: '申請監測表',
    intro:
      '每個快照一張表，由您的檔案產生：其團體、方案、月份與年齡層。閘道只把表格交給病歷中付費者名稱所屬的保險公司。',
    snapshot: '快照',
    perYear: '每年張數',
    perYearHint: '年度額度平均分配',
    noSnapshot: '醫院尚未宣告快照。有快照後即可申請。',
    needsFile: '請先匯入承保暴露檔：表格依其中的團體申請。',
    toFile: '匯入檔案',
    months: (months, last) => `至 ${last} 為止的 ${months} 個月。`,
    groups: (shown, merged) =>
      merged === '0'
        ? `${shown} 個團體。`
        : `團體 ${shown} 列；${merged} 個少於 50 人或超出單表上限的團體合併為一列。`,
    oneLine:
      '所有資料會合為一列：此表無從比較，仍照價計入。至少兩個團體各有 50 人以上的檔案，才能得到可讀的表。',
    leftOut: (groups, lives) =>
      `最小的 ${groups} 個團體（合計 ${lives} 人）不在此表任何團體的數字中：加上其名稱會使申請超過閘道可接受的長度。`,
    plans: (plans) => `${plans} 個方案，另列於專屬表格。`,
    noPlans: '不含方案：檔案只有一個方案，或其餘方案都太小。',
    plansLeftOut: (plans) => `最小的 ${plans} 個方案不在此表任何方案的數字中：加上其名稱會使申請過長。`,
    leastOfPlan: (persons, claims) => `方案則約需 ${persons} 位病人與約 ${claims} 件理賠。`,
    tableTitle: (of) => `申請內容：依${of}`,
    benchmark: (insurers) => `附 ${insurers} 家保險公司的市場比較。`,
    noBenchmark: '不附市場比較：聯盟的保險公司少於三家。',
    least: (persons, claims) =>
      `團體約有 ${persons} 位病人以上才會顯示。約 ${claims} 件理賠以上，實際／期望的誤差在四分之一以內。`,
    price: (rho, epsilon) => `價格：ρ = ${rho}（ε = ${epsilon}，δ = 10⁻⁶），只計費一次。之後相同的表格免費。`,
    remains: (room, whole) => `今年額度 ρ = ${whole}，尚餘 ${room}。`,
    tooDear: '目前的額度不足以申請此表。不會計費。',
    isRegistered: '依已登記的計畫申請：監測內容在看到任何數字之前已固定。',
    willRegister: '按下後會先把計畫登記到鏈上，再申請表格。',
    submit: '登記並申請',
    submitAgain: '申請',
    registering: '登記正等待區塊…',
    sent: '已申請。閘道一致後，答案會出現在這裡。',
    same: '先前已申請相同的表格；再次申請免費。',
    open: '開啟',
    waiting: '已申請，尚未回答',
    protocol:
      '自有團體監測：每個快照一次，依團體與方案、年齡層、性別與月份的理賠、就診、費用、慢性病與病例組合；實際／期望、錯誤發現率 5 % 的漏斗圖、偵測上升四分之一與一半的累積和管制圖。',
    protocolTitle: '自有團體監測',
    requestTitle: (last) => `至 ${last} 的監測表`,
    problem: {
      'too-few-months': (months) => `檔案與快照共有的連續月份為 ${months} 個月；需要六個月。`,
      'all-too-small': '檔案中所有團體合計少於 50 人：不對這麼少的人提問。',
      'unclear-bands': (labels) =>
        `年齡層須連續無間隔並從五的倍數開始，例如 18-34、35-49、50+。不明確：${labels}。`,
      'too-many-bands': '檔案的年齡層多於單表上限。請使用較寬的年齡層。',
      'no-file': '檔案已不在此處。',
      'no-snapshot': '快照尚未到達。',
      'no-insurer': '只有保險公司可申請自有團體。',
    },
    refused: '未申請：閘道不接受此申請。沒有計費；請重新選擇檔案後再申請。',
  },
  none: '還沒有已回答的監測表。請匯入承保暴露檔，再申請某個快照的表格。',
  noneOfDemonstration:
    '示範會在各醫院填入病人並宣告快照後數秒，自行申請第一張監測表，之後會直接出現在這裡，無需任何操作。病人極少時不會宣告快照，也就沒有監測表。',
  beingAnswered: '已申請監測表，閘道正在回答。閘道一致後，表格會直接出現在這裡，無需任何操作。',
  noneAction: '申請監測表',
  isWithheld:
    '閘道不公布整張表：病人太少。費用已計，不會更改；再次申請相同的表，結果也相同。可改為申請另一張表：等病人較多的新快照，或使用團體較少、年齡層較寬的承保暴露檔。',
  mismatch: {
    bands: '此檔案的年齡層與申請時不同，因此沒有比率。請選擇當時使用的檔案。',
    months: '此檔案缺少表格中的月份，因此沒有比率。',
    groups: '表格中的團體或方案不在此檔案，因此沒有比率。',
  },
  changed: '哪些團體與方案有變化',
  nothingChanged: '沒有團體或方案的變化超出機遇與雜訊的範圍。',
  oneAlone: '此表只有一列有數字：沒有其他列可比較，因此不判斷是否有變化。含數個團體的表能說明更多。',
  falseAlarms: (count, tables, rises, charts, levels) =>
    `若無任何變化，以每年 ${tables} 張同價監測表計，每年預期至多約 ${count} 次假警報：${charts} 張上升管制圖 ${rises} 次（每張表都重新繪製），整段期間的相互比較 ${levels} 次。`,
  nothingReadable: '沒有可比較的團體：期望值過少，或沒有承保暴露檔。',
  alert: {
    rise: (group, since, until, ratio) => {
      const when = since === until ? `${since} ` : `${since} 至 ${until} `
      return `${group}：${until === null ? `自 ${since} 起` : when}理賠件數高於期望，為 ${ratio} 倍。`
    },
    level: (group, ratio) => `${group}：各月合計與其他不同，為期望的 ${ratio} 倍。`,
    lastSignal: (month) => `最近一次訊號在 ${month}。`,
    sure: (limits) => `界限 ${limits}（95 %，含雜訊）。`,
    chosen: '起點由管制圖選出，因此比值偏高。',
    falseAlarms: (count) => `若無任何變化，此處每年預期有 ${count} 次這類警訊。`,
    discovery: '被標示者中，預期有 5 % 是機遇造成。',
    falseLevels: (count) => `若無任何差異，全部合計每年預期有 ${count} 次這類警訊。`,
    next: (by, label, share) => `接著請看${by}：${label}（占可讀超出的 ${share}）。`,
    noNext: '已公布的內容中沒有單一部分特別突出。',
    show: '顯示原因',
    noted: (when) => `首次顯示於 ${when}；已記入稽核。`,
    looked: (when) => `已於 ${when} 查看。`,
  },
  noted: {
    title: '至今的警訊',
    when: '首次顯示',
    who: '團體或方案',
    table: '監測表至',
    looked: '已查看',
    notYet: '尚未',
    before: '未註明',
    what: '內容',
    months: '月份',
    kinds: { rise: '上升', level: '與其他不同', persisting: '跨表持續' },
    note: '每個警訊在此處與稽核中各只有一筆，數字為首次顯示時的數字。',
  },
  by: { ageBand: '年齡層', condition: '疾病', month: '月份' },
  causes: '來自何處',
  causeOf: (group, by) => `${group}：依${by}`,
  causePeriod: (from, to) =>
    `${from} 至 ${to} 合計：此表的這些部分只有整段期間的數字，沒有逐月數字，因此只在部分月份上升者在此較不明顯。`,
  causeTests:
    '顯著不同：以此表全部團體（或方案）的全部疾病合計檢定，錯誤發現率為 5 %。此表的疾病不分年齡與性別，期望人數只依暴露量計算：年齡較高的團體人數自然較多。',
  causeWithheld: (count) => `另有 ${count} 種疾病的人數過少，不公布。`,
  causeMonths: (from, to) =>
    `此表的每個月，${from} 至 ${to}。此處的期望值依同月份全部合計的理賠率計算；警訊的期望值則依年齡與性別、以全部月份計算，因此同樣月份的比值可能不同。`,
  stops: {
    'no-table': '到此為止：沒有承保暴露檔，無法得知各部分的期望值。',
    withheld: '到此為止：閘道不公布任何部分，各部分的病人都太少。',
    'too-few': '到此為止：各部分的期望值都少於 5，無法與機遇區分。',
  },
  leftOut: (count) => `另有 ${count} 個部分太小，無法與機遇區分。`,
  funnelTitle: '團體之間的比較',
  funnelOf: (list) => `各團體的實際／期望：${list}`,
  funnelLegend: { inner: '95 %', outer: '99.8 %', signal: '▲ 顯著不同' },
  funnelNote: (phi) => `過度離散 ${phi}；警訊在這些團體間的錯誤發現率為 5 %。`,
  dispersion: (phi, most) =>
    phi === null
      ? '格子太少，無法得知理賠集中於部分人的程度：實際／期望的界限以每件理賠各自發生計算。'
      : phi === '1'
        ? `未見理賠較機遇更集中於部分人（團體的件數變異至多為平均的 ${most} 倍，95 %），由團體、年齡與性別之間的差異扣除雜訊後量得：實際／期望的界限、漏斗圖與累積和以每件理賠各自發生計算。`
        : `理賠集中於部分人：團體的件數變異為平均的 ${phi} 倍（95 % 上限 ${most}），由團體、年齡與性別之間的差異扣除雜訊後量得。實際／期望的界限、漏斗圖與累積和均已納入。`,
  funnelLeftOut: (left) => `${left} 個團體未繪出：期望理賠少於 5 件，或不公布。`,
  monthsNote:
    '色帶：只有雜訊與機遇、且每件理賠各自發生時，二十個月中有十九個月落在期望值周圍的範圍。同一人的理賠常接連發生，因此可能有較多月份落在範圍外：單一月份不代表變化，請看累積和管制圖。',
  monthsWithheld: (months) => `不公布（標示 ×）：${months}。病人太少，不代表沒有理賠。`,
  monthsPartly: (months) => `部分不公布：${months}。理賠件數、承保人年與期望值只計其餘部分。`,
  monthPart: (month, withheld) => `${month}（${withheld}）`,
  monthsOf: (group) => `${group}：逐月`,
  ratesTitle: (group) => `${group}：逐月每承保人年理賠件數`,
  ratesNote:
    '色帶：95 % 界限，含每件理賠各自發生時的機遇、公布時加入的雜訊與尚未申報的部分；最近的月份以預計的最終件數顯示。每人每月最多計兩件理賠，因此水準與全年的比率不同。',
  cusumTitle: (group) => `${group}：高於期望的累積和`,
  cusumTitleOf: (group, rise) => `${group}：偵測上升 ${rise} 的累積和`,
  cusumOfRise: (rise) => `累積和，${rise}`,
  cusumOf: (group, signals) => `${group}的累積和${signals === '' ? '' : `，警訊月份 ${signals}`}`,
  cusumSum: '累積和',
  threshold: '門檻',
  ranking: {
    title: '依信度排序',
    credibility: '信度',
    ratio: '實際／期望（信度調整後）',
    lossRatio: '損失率（信度調整後）',
    note: '信度：量得的比值中屬於團體本身、而非機遇或雜訊的部分。其餘部分向 1（實際／期望）或全體損失率靠攏：小團體比大團體更容易因機遇排在最前或最後。依調整後的實際／期望排序。',
    middle: (share) => `損失率向 ${share} 靠攏。`,
  },
  ewmaTitle: (group) => `${group}：目前水準`,
  ewma: '加權平均（EWMA）',
  ewmaLower: '下限',
  ewmaUpper: '上限',
  ewmaOf: (group, months) =>
    `${group}的實際／期望加權平均${months === '' ? '' : `，超出界限的月份：${months}`}`,
  ewmaNote:
    '實際／期望的加權平均：最新月份的權重為 0.2，每早一個月乘以 0.8；界限為 1 上下 2.7 個標準誤，含雜訊與延遲申報。用於看出緩慢的升降，不發出警訊：警訊來自累積和與整段期間的相互比較。',
  cusumNote: (rise, threshold, alarms) =>
    `偵測上升 ${rise}。門檻 ${threshold}；每年預期 ${alarms} 次假警報。警訊後由 0 重新開始。`,
  noCusum: '此團體沒有管制圖：可讀的月份少於三個月。',
  tableTitle: '各團體的指標',
  prevalenceOf: (group) => `慢性病：${group}`,
  prevalenceNote: '因該疾病就診的被保險人占全部人數的比例；每人最多計四種疾病。',
  triangleTitle: '延遲申報：就診後各月已知的理賠件數',
  triangleNote:
    '以最近各月的鏈梯法估計；尚未得知的部分會加寬理賠件數與費用的界限。快照當月只計快照之前的理賠。',
  laterNone: (months) => `晚於 +${months} 的理賠在某些月份太少而不公布，以零計。`,
  withinMonths: (months) => (months === 0 ? '當月' : `+${months}`),
  claimsKnown: '已知理賠件數（虛線：預計）',
  triangleOf: (list) => `就診後各月已知的理賠件數：${list}`,
  knownOf: (month, claims, share) => `${month} ${claims}（${share}）`,
  triangleStops: {
    withheld: (cells) =>
      `沒有三角表：其中 ${cells} 格的病人太少，且包含當月或次月的格子。比率以全部已申報顯示。`,
    'too-short': '沒有三角表：少於三個月。',
    settled: '沒有待申報的部分：建立快照時，這些月份的申報期間都已過。',
    undeveloped: '沒有三角表：仍可能有後續申報的月份或已公布的延遲月數太少，無法推估。比率以全部已申報顯示。',
    'no-pattern': '沒有三角表：沒有可推估的資料。比率以全部已申報顯示。',
  },
  benchmark: {
    title: '市場比較：每千人月理賠件數',
    own: '自有團體',
    market: '全部保險公司合計',
    personMonths: '人月',
    allMonths: '以上月份合計',
    note: (insurers) =>
      `聯盟中 ${insurers} 家保險公司合計，包含本公司。依醫院紀錄，一個人屬於最近一次就診的付費保險公司，最早在該月前一年內；每人每月最多計兩件理賠。`,
    rule: '只有在至少三家保險公司於紀錄中有足夠人數，且任一家扣除自己之後，沒有任何一家占其餘超過 85 % 時才顯示。無法由此讀出任何一家其他保險公司。',
    none: {
      'not-asked': '沒有市場比較：申請此表時，聯盟的保險公司少於三家。',
      withheld:
        '沒有市場比較：這些月份中有足夠人數的保險公司少於三家，或其中一家占大多數，或保險公司有進出。',
    },
  },
  choose: '團體',
  asChart: '圖',
  asTable: '表',
  ofPlans: {
    other: '小型方案合併',
    group: '方案',
    choose: '方案',
    ownMeasure: '各方案以全部方案合計為基準；合計本身沒有實際／期望比，只有一個方案時也沒有。',
    expectedBy: '期望值：全部方案各年齡層與性別的比率，乘以該方案的暴露量。',
    expectedCrude: '期望值：全部方案的比率；可公布的格子太少，無法依年齡與性別計算。',
    funnelTitle: '方案之間的比較',
    funnelOf: (list) => `各方案的實際／期望：${list}`,
    funnelNote: (phi) => `過度離散 ${phi}；警訊在這些方案間的錯誤發現率為 5 %。`,
    funnelLeftOut: (left) => `${left} 個方案未繪出：期望理賠少於 5 件，或不公布。`,
    noCusum: '此方案沒有管制圖：可讀的月份少於三個月。',
    tableTitle: '各方案的指標',
    nothingReadable: '沒有可比較的方案：期望值過少，或沒有承保暴露檔。',
  },
}
