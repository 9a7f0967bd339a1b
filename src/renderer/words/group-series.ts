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
}
