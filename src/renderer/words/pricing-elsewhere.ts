/** Words of rates and formulas from elsewhere, of their comparison with the tariff here, and of what it changes. */
export const en = {
  elsewhereHint:
    'Rates of another model, as a table or as a formula over the factors. It reads nothing else, and is compared on the portfolio of the later result, or of this one where none is chosen.',
  ratesHint: (currency: string, minor: string) =>
    `CSV, or cells pasted from a spreadsheet, with the columns Factor, Level and Relativity (or Coefficient, the logarithm) and one line “Base rate” without a level; or JSON. The relativities of a version, saved as CSV under “Tariffs”, are such a table. The base rate is per member-year, ${minor === '1' ? `in ${currency}` : `in minor units: ${minor} are 1 ${currency}`}.`,
  chooseRates: 'Choose a file…',
  ratesTooLarge: (file: string) =>
    `${file} is longer than a table of rates may be (1,000,000 characters). Nothing was read. Leave out what the tariff does not use, or split it by product.`,
  ratesTooLong: (count: string) =>
    `${count} characters: a table of rates may have 1,000,000. Nothing is compared. Leave out what the tariff does not use, or split it by product.`,
  asTable: 'Table of rates',
  asFormula: 'Formula',
  format: 'Format',
  ratesText: 'Rates',
  priceByThem: 'Price by these rates',
  formula: 'Formula',
  formulaNames: (names: string, currency: string, minor: string) =>
    `It may name: ${names}. Its value is the pure premium per member-year, ${minor === '1' ? `in ${currency}` : `in minor units: ${minor} are 1 ${currency}`}.`,
  formulaFunctions:
    'It may use if … then … else, and, or, not, let, + - * / ^, min, max, exp, log, sqrt, abs, round, clamp, pow(x, y), lookup(table, key, else), band(x, 18, 30, …) for how many of the rising cuts x has reached, and rcs(x, 2, 20, 40, 60) for term 2 of a restricted cubic spline with these knots. Factors are texts: compare them (ageBand = "65+"), or give each level a number in a table of look-up: band(lookup(middle, ageBand), 35, 50).',
  formulaNoVersion:
    'A formula is compared and becomes no version: “Make a tariff of it” makes one of the tariff here. To make one of other rates, bring them as a table.',
  lookups: {
    legend: (number: string) => `Table of look-up ${number}`,
    add: 'Add a table of look-up',
    remove: (number: string) => `Remove table ${number}`,
    name: 'Name',
    nameHint: 'As the formula calls it: lookup(name, …). Letters, digits and _, no digit first.',
    key: 'The first column is',
    keys: { text: 'text, such as a level', number: 'a number' },
    rows: 'Two columns',
    rowsHint:
      'What is looked up, then its number: a line for each, with a tab, a semicolon or a comma between. A heading without digits is left out.',
    wrong: (number: string, count: string) =>
      `Table ${number} has ${count} ${count === '1' ? 'error' : 'errors'}; nothing is compared until it is mended.`,
    errors: {
      name: 'Its name is none that a formula can write. Use letters, digits and _, no digit first, and none of let, in, if, then, else, and, or, not, lookup.',
      'double-name': 'Another table has the same name. Give it one of its own.',
      empty: 'It has no line yet. Paste two columns, or remove the table.',
      'too-many': 'It has more than 10,000 lines. Paste fewer.',
    },
    lineErrors: {
      cells: (line: string, found: string) =>
        `Line ${line}: “${found}” is not two columns. Put a tab, a semicolon or a comma between them, once.`,
      key: (line: string, found: string) =>
        found === ''
          ? `Line ${line}: nothing stands in the first column. Write what is looked up.`
          : `Line ${line}: “${found}…” is longer than 200 characters. Shorten it.`,
      'double-key': (line: string, found: string) =>
        `Line ${line}: “${found}” stands above already. Keep one of the two lines.`,
      'number-key': (line: string, found: string) =>
        `Line ${line}: “${found}” is no number. Write one with a point, or choose text for the first column.`,
      value: (line: string, found: string) =>
        `Line ${line}: “${found}” is no number. Write one with a point and without separators of thousands.`,
    },
  },
  compare: 'Compare',
  comparedLater: (from: string, to: string) =>
    `Compared on claims of ${from} to ${to}, which the tariff here was not made of.`,
  comparedSeen: (from: string, to: string) =>
    `Compared on claims of ${from} to ${to}, of which the tariff here was made: it has the advantage. Choose a later result above to compare on claims that it has not seen.`,
  champion: 'Tariff here',
  challenger: 'Model from elsewhere',
  gap: (champion: string, challenger: string) =>
    `Over what was observed: tariff here ${champion}, model from elsewhere ${challenger}.`,
  giniDifference: (value: string, lower: string, upper: string) =>
    `Gini of the model from elsewhere less that of the tariff: ${value} (${lower} to ${upper}, 95 %)`,
  doubleLift: 'Double lift: cells in order of the ratio of the two',
  noValueAt: (reason: string, line: string, column: string, count: string) =>
    `${count} ${count === '1' ? 'cell has' : 'cells have'} no value: ${reason}, line ${line}, column ${column}.`,
  noValues: {
    'division-by-zero': 'division by 0',
    'log-of-nothing': 'log of nothing',
    'root-of-negative': 'root of a negative number',
    'bad-power': 'a power that has no value',
    'too-large': 'too large a number',
    'no-such-key': 'a key that the table lacks',
    missing: 'a missing value',
    'bad-limits': 'limits that cross',
  } as Record<string, string>,
  impact: 'What changes',
  impactSaid: (change: string) => `All premiums together: ${change}`,
  impactShares: (up: string, down: string, same: string) => `${up} pay more, ${down} less, ${same} the same`,
  unpriced: (years: string) => `${years} member-years have no price in one of the two.`,
  changeHead: 'Change',
  impactFigure: 'Member-years by the change of their premium',
  impactAxis: 'Change of the premium, %',
  impactBelow: (to: string) => `< ${to}`,
  impactFrom: (from: string) => `≥ ${from}`,
  impactBetween: (from: string, to: string) => `${from}…${to}`,
  impactQuantiles: (list: string) =>
    `Shares of the member-years and the change that they have at most: ${list}`,
  impactQuantile: (share: string, change: string) => `${share} ${change}`,
  problemAt: (line: string, column: string, found: string, expected: string) =>
    `Line ${line}, column ${column}: “${found}” cannot stand here${expected === '' ? '.' : `; ${expected} could.`}`,
  didYouMean: (name: string) => `Did you mean “${name}”?`,
  fileErrors: (count: string) =>
    `The table has ${count} ${count === '1' ? 'error' : 'errors'}; nothing was compared.`,
  fileError: (place: string, found: string, expected: string) =>
    `${place === '' ? '' : `${place}: `}${found === '' ? '' : `“${found}”, `}expected ${expected}`,
}

export const zhHant: typeof en = {
  elsewhereHint:
    '其他模型的費率：表格，或以因子寫成的公式。模型讀不到其他資料；選有較新結果時在該組合上比較，否則在此組合上比較。',
  ratesHint: (currency, minor) =>
    `CSV 或自試算表貼上的儲存格，欄位為因子、水準、相對係數（或 Coefficient，即對數），另有一行沒有水準的「基準費率」；或 JSON。「費率」中某版本的相對係數存成 CSV，即為此格式。基準費率為每人年，單位${minor === '1' ? `為 ${currency}` : `為最小貨幣單位：${minor} 即 1 ${currency}`}。`,
  chooseRates: '選擇檔案…',
  ratesTooLarge: (file) =>
    `${file} 超過費率表的上限（1,000,000 個字元），未讀取任何內容。請刪去費率用不到的部分，或依商品分開。`,
  ratesTooLong: (count) =>
    `${count} 個字元：費率表上限為 1,000,000 個字元，不會比較。請刪去費率用不到的部分，或依商品分開。`,
  asTable: '費率表',
  asFormula: '公式',
  format: '格式',
  ratesText: '費率',
  priceByThem: '以此費率計價',
  formula: '公式',
  formulaNames: (names, currency, minor) =>
    `可用名稱：${names}。其值為每人年純保費，單位${minor === '1' ? `為 ${currency}` : `為最小貨幣單位：${minor} 即 1 ${currency}`}。`,
  formulaFunctions:
    '可用 if … then … else、and、or、not、let、+ - * / ^、min、max、exp、log、sqrt、abs、round、clamp、pow(x, y)、lookup(表名, 鍵, 預設值)；band(x, 18, 30, …) 為 x 已達到幾個遞增的切點；rcs(x, 2, 20, 40, 60) 為以這些節點構成之限制性三次樣條的第 2 項。因子是文字：可比較（ageBand = "65+"），或在查表中為每個水準給一個數值：band(lookup(middle, ageBand), 35, 50)。',
  formulaNoVersion:
    '公式只供比較，不成為版本：「製作費率版本」所製作的是此處的費率。要以其他費率製作版本，請以表格匯入。',
  lookups: {
    legend: (number) => `查表 ${number}`,
    add: '新增查表',
    remove: (number) => `移除查表 ${number}`,
    name: '名稱',
    nameHint: '公式中的寫法：lookup(名稱, …)。限英文字母、數字與 _，開頭不可為數字。',
    key: '第一欄為',
    keys: { text: '文字，例如水準', number: '數字' },
    rows: '兩欄內容',
    rowsHint: '先是要查的鍵，後為其數值：每行一筆，中間以定位字元、分號或逗號分隔。沒有數字的標題列會略過。',
    wrong: (number, count) => `查表 ${number} 有 ${count} 個錯誤；修正前不會比較。`,
    errors: {
      name: '公式寫不出此名稱。請用英文字母、數字與 _，開頭不可為數字，且不可為 let、in、if、then、else、and、or、not、lookup。',
      'double-name': '另一個查表已用此名稱。請改用其他名稱。',
      empty: '尚無任何一行。請貼上兩欄，或移除此查表。',
      'too-many': '超過 10,000 行。請減少行數。',
    },
    lineErrors: {
      cells: (line, found) => `第 ${line} 行：「${found}」不是兩欄。請在兩欄之間放一個定位字元、分號或逗號。`,
      key: (line, found) =>
        found === ''
          ? `第 ${line} 行：第一欄是空的。請填入要查的鍵。`
          : `第 ${line} 行：「${found}…」超過 200 個字元。請縮短。`,
      'double-key': (line, found) => `第 ${line} 行：「${found}」前面已經出現。請只保留一行。`,
      'number-key': (line, found) =>
        `第 ${line} 行：「${found}」不是數字。請以小數點書寫，或將第一欄改為文字。`,
      value: (line, found) => `第 ${line} 行：「${found}」不是數字。請以小數點書寫，不加千分位符號。`,
    },
  },
  compare: '比較',
  comparedLater: (from, to) => `以 ${from} 至 ${to} 的理賠比較，本機構費率並非由這些理賠製作。`,
  comparedSeen: (from, to) =>
    `以 ${from} 至 ${to} 的理賠比較，而本機構費率正是由這些理賠製作，因此占有優勢。請在上方選擇較新的結果，以未見過的理賠比較。`,
  champion: '本機構費率',
  challenger: '外部模型',
  gap: (champion, challenger) => `與觀察值相比：本機構費率 ${champion}，外部模型 ${challenger}。`,
  giniDifference: (value, lower, upper) =>
    `外部模型的 Gini 減去本機構費率：${value}（${lower} 至 ${upper}，95 %）`,
  doubleLift: '雙提升：格子依兩者比值排序',
  noValueAt: (reason, line, column, count) =>
    `${count} 個格子沒有值：${reason}，第 ${line} 行第 ${column} 欄。`,
  noValues: {
    'division-by-zero': '除以 0',
    'log-of-nothing': '對 0 或負數取對數',
    'root-of-negative': '對負數開根號',
    'bad-power': '冪次沒有值',
    'too-large': '數值過大',
    'no-such-key': '查表沒有此鍵',
    missing: '缺值',
    'bad-limits': '上下限相反',
  },
  impact: '變動',
  impactSaid: (change) => `保費總額：${change}`,
  impactShares: (up, down, same) => `${up} 變貴，${down} 變便宜，${same} 不變`,
  unpriced: (years) => `${years} 人年在其中一個費率沒有價格。`,
  changeHead: '變動',
  impactFigure: '依保費變動的人年',
  impactAxis: '保費變動（%）',
  impactBelow: (to) => `< ${to}`,
  impactFrom: (from) => `≥ ${from}`,
  impactBetween: (from, to) => `${from}…${to}`,
  impactQuantiles: (list) => `人年的累計比例與其最大變動：${list}`,
  impactQuantile: (share, change) => `${share} ${change}`,
  problemAt: (line, column, found, expected) =>
    `第 ${line} 行第 ${column} 欄：此處不能是「${found}」${expected === '' ? '。' : `；可以是 ${expected}。`}`,
  didYouMean: (name) => `是否為「${name}」？`,
  fileErrors: (count) => `表格有 ${count} 個錯誤，未比較。`,
  fileError: (place, found, expected) =>
    `${place === '' ? '' : `${place}：`}${found === '' ? '' : `「${found}」，`}應為 ${expected}`,
}
