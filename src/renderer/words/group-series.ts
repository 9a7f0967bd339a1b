/** Words of the view over several monitoring tables: one measure through time, what lasts over tables, and what has drifted. */

const plural = (count: string, one: string, many: string) => (count === '1' ? one : many)

export const en = {
  title: 'Over the tables',
  intro:
    'Every recorded table of this institution beside one exposure file, oldest first. Nothing is asked and nothing is charged.',
  measure: 'Measure',
  tableUpTo: 'Table up to',
  snapshot: 'Snapshot',
  months: 'Months',
  charge: 'Charge, millionths of ρ',
  value: 'Value',
  limits: '95 % limits',
  remarks: 'Remarks',
  numbers: 'The numbers',
  percent: (name: string) => `${name}, %`,
  withUnit: (name: string, unit: string) => `${name} (${unit})`,
  lastMonths: 'Last month of the table',
  figureOf: (group: string, measure: string) => `${group}: ${measure}`,
  described: (group: string, measure: string, list: string) => `${group}, ${measure}: ${list}`,
  all: (group: string) => `${group}: all measures`,
  absent: 'not in this table',
  ownMeasure: 'the measure itself',
  oneTable:
    'One table alone is recorded: there is nothing before it to compare it with. The next table, of a later snapshot, stands here beside it.',
  noTable:
    'No monitoring table has been answered yet. From two of them on, this place shows what moved between them.',
  /** Under a figure. */
  band: 'Points are the tables, bars and the band their limits of 95 %: chance, the noise of the release and late reporting together. A line between two tables says nothing of the time between them.',
  withheldNote: '× marks a table without this number; the table of numbers says why.',
  overlap: (last: string, months: string) =>
    `The table up to ${last} has ${months} ${plural(months, 'month', 'months')} in common with the one before it: of these both say the same once more, so a change between them is of the other months and looks smaller than it is.`,
  otherGroups: (last: string) =>
    `Under this label stand other groups in the table up to ${last} than before: a change there may be of the groups and not of their risk.`,
  otherGroupsShort: 'other groups',
  mismatched: (list: string) =>
    `No rates for the tables up to ${list}: the chosen exposure file lacks their months, groups or age bands. A file with all months gives all rates.`,
  withheldTables: (list: string) => `The gateways withheld the whole of the tables up to ${list}.`,
  persisting: {
    title: 'What lasts over tables',
    alert: (group: string, since: string, until: string | null, tables: string, ratio: string) =>
      `${group}: above 1.1 times what is expected in ${tables} tables one after another, ${until === null ? `since ${since}` : `from ${since} to ${until}`}, ${ratio} times over all their months.`,
    changed: (list: string) => `Table by table: ${list}.`,
    oneOf: (last: string, ratio: string) => `up to ${last} ${ratio}`,
    sure: (limits: string, p: string) =>
      `Limits ${limits} (95 %, noise included; p ${p}). Each month counts once, as the newest table has it: tables that overlap are no second witness. The ratio is rather too high, since only what was high is called.`,
    falseAlarms: (count: string) =>
      `If this one never differed, ${count} such alarms a year were expected: the chance that three tables and their months together meet the rule by normal counts and noise, with shared months shared, times the tables a year. Claims are taken as coming one by one.`,
    ended: 'The newest table is not above any more.',
    show: 'Show it over the tables',
    none: (labels: string, count: string) =>
      `Nothing lasts: none of ${labels} groups and plans was above 1.1 in three tables one after another by more than chance and noise explain. Without any difference ${count} such alarms a year would be expected of all of them.`,
    all: (labels: string, count: string) =>
      `Without any difference ${count} such alarms a year would be expected of all ${labels} groups and plans that are watched so.`,
    tooFew: (tables: string) =>
      `${tables} of three tables have rates by this file and months of their own: what lasts can be told from three on.`,
    unreadable:
      'No group and no plan has an actual / expected in each of the newest three tables: nothing can be held against the rule.',
    onDashboard: (count: string) =>
      `${count} ${plural(count, 'group or plan stays', 'groups or plans stay')} above 1.1 times what is expected over three tables or more.`,
    open: 'Look over the tables',
  },
}
export type GroupSeriesWords = typeof en

export const zhHant: GroupSeriesWords = {
  title: '歷次監測表',
  intro: '本機構所有已記錄的監測表，搭配同一份承保暴露檔，由舊到新。這裡不再提問，也不計費。',
  measure: '指標',
  tableUpTo: '監測表至',
  snapshot: '快照',
  months: '月數',
  charge: '計費（百萬分之 ρ）',
  value: '數值',
  limits: '95 % 界限',
  remarks: '備註',
  numbers: '數字',
  percent: (name) => `${name}（%）`,
  withUnit: (name, unit) => `${name}（${unit}）`,
  lastMonths: '監測表的最後月份',
  figureOf: (group, measure) => `${group}：${measure}`,
  described: (group, measure, list) => `${group}，${measure}：${list}`,
  all: (group) => `${group}：全部指標`,
  absent: '不在此表中',
  ownMeasure: '即比較基準',
  oneTable: '目前只有一張監測表，沒有更早的表可比較。之後快照的下一張表會並列於此。',
  noTable: '還沒有已回答的監測表。有兩張以上時，這裡會顯示其間的變化。',
  band: '各點為監測表，短線與色帶為 95 % 界限：合併機遇、釋出雜訊與延遲申報。兩表之間的連線不代表其間的時間。',
  withheldNote: '× 表示該表沒有這個數字；原因見數字表。',
  overlap: (last, months) =>
    `至 ${last} 的表與前一張有 ${months} 個月重疊：這些月份兩表說的是同一件事，因此兩表間的變化來自其餘月份，看起來比實際小。`,
  otherGroups: (last) => `至 ${last} 的表，此標籤下的團體與先前不同：該處的變化可能來自團體，而非風險。`,
  otherGroupsShort: '團體不同',
  mismatched: (list) =>
    `至 ${list} 的表沒有比率：所選承保暴露檔缺少其月份、團體或年齡層。包含所有月份的檔案可得到全部比率。`,
  withheldTables: (list) => `至 ${list} 的表，閘道整張不公布。`,
  persisting: {
    title: '跨表持續的情形',
    alert: (group, since, until, tables, ratio) =>
      `${group}：連續 ${tables} 張表高於期望的 1.1 倍，${until === null ? `自 ${since} 起` : `${since} 至 ${until}`}；各月合計為 ${ratio} 倍。`,
    changed: (list) => `逐表：${list}。`,
    oneOf: (last, ratio) => `至 ${last} 為 ${ratio}`,
    sure: (limits, p) =>
      `界限 ${limits}（95 %，含雜訊；p ${p}）。每個月份只計一次，以最新的表為準：重疊的表不是第二個證據。只有偏高者才會列出，因此比值偏高。`,
    falseAlarms: (count) =>
      `若此處從未不同，每年預期有 ${count} 次這類警訊：三張表與其各月合計僅因常態計數與雜訊而符合規則的機率（共有月份視為相同），乘以每年張數。假設每件理賠各自發生。`,
    ended: '最新的表已不再偏高。',
    show: '顯示歷次數值',
    none: (labels, count) =>
      `沒有持續的情形：${labels} 個團體與方案中，沒有任何一個連續三張表高於 1.1，且超出機遇與雜訊的範圍。若無任何差異，全部合計每年預期有 ${count} 次這類警訊。`,
    all: (labels, count) =>
      `若無任何差異，受此監測的 ${labels} 個團體與方案合計每年預期有 ${count} 次這類警訊。`,
    tooFew: (tables) => `以此檔案計算，有比率且月份不同的表為 ${tables} 張：三張以上才能判斷是否持續。`,
    unreadable: '沒有團體或方案在最新三張表中都有實際／期望比：無法依規則判斷。',
    onDashboard: (count) => `${count} 個團體或方案連續三張以上的表高於期望的 1.1 倍。`,
    open: '查看歷次監測表',
  },
}
