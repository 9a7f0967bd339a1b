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
  charge: 'Charge (ρ)',
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
  otherLengths:
    'These tables are of different length: in more months a member reaches the limit of eight claims more often, and more people and conditions are seen. A step between tables of unlike length may be of that alone.',
  otherGroups: (last: string) =>
    `Under this label stand other groups in the table up to ${last} than before: a change there may be of the groups and not of their risk.`,
  otherGroupsShort: 'other groups',
  mismatched: (list: string, count: string) =>
    `No rates of what goes up to ${list}: the chosen exposure file lacks ${plural(count, 'its', 'their')} months, groups or age bands. A file with all months gives all rates.`,
  withheldTables: (list: string, count: string) =>
    `The gateways withheld the whole of the ${plural(count, 'table', 'tables')} up to ${list}.`,
  persisting: {
    title: 'What lasts over tables',
    alert: (group: string, since: string, until: string | null, tables: string, ratio: string) =>
      `${group}: above 1.1 times what is expected in ${tables} tables one after another, ${until === null ? `since ${since}` : `from ${since} to ${until}`}, ${ratio} times over all their months.`,
    changed: (list: string) => `Table by table: ${list}.`,
    oneOf: (last: string, ratio: string) => `up to ${last} ${ratio}`,
    sure: (limits: string, p: string) =>
      `Limits ${limits} (95 %, noise included; p ${p}). Each month counts once, as the newest table has it: tables that overlap are no second witness. The ratio is rather too high, since only what was high is called.`,
    falseAlarms: (count: string) =>
      `If this one never differed, ${count} such alarms a year were expected: the chance that three tables and their months together meet the rule by normal counts and noise, with shared months shared, times the tables a year. Claims of one person that come together are reckoned with as in each table.`,
    ended: 'The newest table is not above any more.',
    show: 'Show it over the tables',
    none: (labels: string, count: string) =>
      `Nothing lasts: none of ${labels} groups and plans was above 1.1 in three tables one after another by more than chance and noise explain. Without any difference ${count} such alarms a year would be expected of all of them.`,
    all: (labels: string, count: string) =>
      `Without any difference ${count} such alarms a year would be expected of all ${labels} groups and plans that are watched so.`,
    tooFew: (tables: string) =>
      `${tables} of three tables ${plural(tables, 'has', 'have')} rates by this file and months of their own: what lasts can be told from three on.`,
    unreadable:
      'No group and no plan has an actual / expected in each of the newest three tables: nothing can be held against the rule.',
    onDashboard: (count: string) =>
      `${count} ${plural(count, 'group or plan stays', 'groups or plans stay')} above 1.1 times what is expected over three tables or more.`,
    open: 'Look over the tables',
  },
  drift: {
    title: 'Drift',
    intro:
      'Whether what is watched is still what it was: mix, claims by the earlier rates, coding, what is not known, late reporting. From what was released already.',
    earlier: 'From the table',
    later: 'To the table',
    halves:
      'One table alone is looked at: only the halves of the exposure file are held against each other. Choose an earlier table for the rest.',
    shared: (months: string) =>
      `Both tables have ${months} ${plural(months, 'month', 'months')} in common. The file’s mix is of the other months; all else is of whole tables, so a drift looks smaller than it is and its limits are rather too wide.`,
    none: 'Nothing to hold against each other: no exposure file, and no earlier table.',
    mix: 'Mix: population stability index',
    of: {
      'age-sex': 'Member-months by age and sex',
      group: 'Member-months by group',
      plan: 'Member-months by plan',
      patients: 'Patients by age and sex',
    },
    period: (first: string, last: string) => (first === last ? first : `${first}–${last}`),
    before: 'Before',
    after: 'After',
    index: 'Index',
    byChance: 'Expected without drift (below, 19 of 20)',
    fileIsExact: 'none: own file',
    corrected: 'Corrected index',
    verdict: 'Verdict',
    verdicts: { stable: 'stable', watch: 'moved a little', act: 'moved' },
    mostMoved: 'Moved most',
    shareMoved: (label: string, before: string, after: string) => `${label} ${before} → ${after}`,
    indexNote:
      'Below 0.1 nothing moved, up to 0.25 something did and is worth a look, above it the mix is another: rates by age and sex, and prices, are then of another portfolio. The file’s numbers are what they are.',
    patientsNote:
      'Noise and chance alone make an index above 0: what they are expected to make is taken off, and an index that 19 of 20 such samples stay below is no drift. Only cells that both tables show are in it.',
    numbers: 'Numbers of both tables',
    what: 'What',
    difference: 'Difference',
    more: 'More than chance and noise',
    actual: 'Claims over those that the earlier rates by age and sex expect',
    actualNone: {
      'one-table': 'no earlier table',
      'no-file': 'no rates: the exposure file is missing or does not fit both tables',
      'other-length':
        'tables of different length: each member counts with at most eight claims in all months',
      withheld: 'withheld',
    },
    otherLength:
      'tables of different length: in more months more people come, with more conditions; this, the mix of patients and what is not known are not compared',
    conditions: 'Chronic conditions per patient',
    charlson: 'Charlson points, mean',
    unknown: (of: string) => `Not known: ${of}`,
    unknownOf: {
      group: 'group',
      plan: 'plan',
      age: 'age',
      sex: 'sex',
      charlson: 'case mix',
      delay: 'month of the claim, or more than five months late',
    },
    tooFew: 'too few to be shown in both tables',
    late: (months: string) =>
      `Reported of a month ${months} ${plural(months, 'month', 'months')} before the snapshot’s`,
    noLate: 'Late reporting: no triangle in both tables, so nothing is said of how much was known when.',
    numbersNote:
      'Limits of 95 %: chance and the noise of both releases, and of late reporting its own error. Each stands alone: of twenty lines about one is outside without any drift. Coding and what is not known are of cells that both tables show, coding of labels under which the same groups stand; cells decide by their noisy number whether they are shown, so very small shares are rather too high.',
  },
  open: {
    title: (count: string) =>
      `${count} ${plural(count, 'alert of a group or plan', 'alerts of groups and plans')} that nobody has looked into`,
    unopened: (count: string) =>
      count === '1'
        ? 'A monitoring table was answered that nobody has opened beside rates'
        : `${count} monitoring tables were answered that nobody has opened beside rates`,
    unopenedBody: (last: string) =>
      `Up to ${last}. Whether a group changed in it nobody knows before it is opened with an exposure file that fits it.`,
    line: (name: string, kind: string, months: string, ratio: string) =>
      `${name}: ${kind}, ${months}, ${ratio}`,
    more: (count: string) => `and ${count} more`,
    note: 'An alert stays on Home until somebody says here to have looked into it; who and when is in the audit.',
    looked: 'Looked into',
    lookedAll: 'Looked into all of them',
    failed: 'Nothing was marked. Try again.',
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
  charge: '計費（ρ）',
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
  otherLengths:
    '這些表的月數不同：月數較多時，較常達到每人八件理賠的上限，看到的人與疾病也較多。月數不同的兩表之間的變化可能只來自於此。',
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
      `若此處從未不同，每年預期有 ${count} 次這類警訊：三張表與其各月合計僅因常態計數與雜訊而符合規則的機率（共有月份視為相同），乘以每年張數。同一人的理賠相繼發生，與各表一樣計入。`,
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
  drift: {
    title: '漂移',
    intro:
      '監測對象是否仍與先前相同：組成、以先前比率計算的理賠、編碼、未知比例、延遲申報。全部來自已公布的內容。',
    earlier: '由此表',
    later: '至此表',
    halves: '只看一張表：只能比較承保暴露檔的前後兩半。其餘項目請選擇較早的表。',
    shared: (months) =>
      `兩表有 ${months} 個月重疊。檔案的組成只看其餘月份；其他項目為整張表，因此漂移看起來比實際小，界限偏寬。`,
    none: '沒有可比較的內容：沒有承保暴露檔，也沒有較早的表。',
    mix: '組成：母體穩定指標（PSI）',
    of: {
      'age-sex': '各年齡層與性別的承保人月',
      group: '各團體的承保人月',
      plan: '各方案的承保人月',
      patients: '各年齡層與性別的病人',
    },
    period: (first, last) => (first === last ? first : `${first}–${last}`),
    before: '之前',
    after: '之後',
    index: '指標',
    byChance: '無漂移時的期望（二十次中十九次低於）',
    fileIsExact: '無：自有檔案',
    corrected: '校正後指標',
    verdict: '判斷',
    verdicts: { stable: '穩定', watch: '略有變動', act: '已變動' },
    mostMoved: '變動最大',
    shareMoved: (label, before, after) => `${label} ${before} → ${after}`,
    indexNote:
      '低於 0.1 為沒有變動；至 0.25 為有變動、值得查看；更高則組成已不同：各年齡層與性別的比率及價格屬於另一個承保組合。檔案的數字為實際數字。',
    patientsNote:
      '僅雜訊與機遇就會使指標大於 0：已扣除其期望值，而二十個這類樣本中有十九個低於的指標不算漂移。只計兩表都公布的格子。',
    numbers: '兩表的數字',
    what: '項目',
    difference: '差異',
    more: '超出機遇與雜訊',
    actual: '理賠件數除以先前各年齡層與性別比率的期望件數',
    actualNone: {
      'one-table': '沒有較早的表',
      'no-file': '沒有比率：沒有承保暴露檔，或與兩表不符',
      'other-length': '兩表月數不同：每人在全部月份最多計八件理賠',
      withheld: '不公布',
    },
    otherLength: '兩表月數不同：月數較多，就診的人與其疾病也較多；因此此項、病人組成與未知比例不比較',
    conditions: '每位病人的慢性病數',
    charlson: 'Charlson 平均分數',
    unknown: (of) => `未知：${of}`,
    unknownOf: {
      group: '團體',
      plan: '方案',
      age: '年齡',
      sex: '性別',
      charlson: '病例組合',
      delay: '申報月份，或延遲超過五個月',
    },
    tooFew: '人數過少，未能在兩表都公布',
    late: (months) => `快照前 ${months} 個月的已申報比例`,
    noLate: '延遲申報：兩表並非都有三角表，因此無法說明何時已知多少。',
    numbersNote:
      '95 % 界限：兩次釋出的機遇與雜訊，延遲申報則為其本身的誤差。各列分別判斷：沒有任何漂移時，二十列中約有一列會落在外面。編碼與未知比例只計兩表都公布的格子，編碼並只計標籤下團體相同者；格子依其含雜訊的數字決定是否公布，因此很小的比例會偏高。',
  },
  open: {
    title: (count) => `${count} 個團體或方案的警訊尚無人查看`,
    unopened: (count) => `有 ${count} 張已回答的監測表尚無人搭配承保暴露檔開啟`,
    unopenedBody: (last) => `至 ${last}。搭配相符的承保暴露檔開啟之前，沒有人知道其中是否有團體發生變化。`,
    line: (name, kind, months, ratio) => `${name}：${kind}，${months}，${ratio}`,
    more: (count) => `另有 ${count} 個`,
    note: '警訊會留在首頁，直到有人在此註明已查看；何人何時查看記入稽核。',
    looked: '已查看',
    lookedAll: '全部已查看',
    failed: '沒有標記任何警訊。請再試一次。',
  },
}
