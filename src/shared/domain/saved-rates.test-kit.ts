/**
 * A tariff's relativities as the room of tariffs saves them, and what they say: the window's test holds the file against the room, the test of the import
 * reads the same file.
 */

/** Each level with its relativity (null: a level that no record has, which the file leaves out) and member-years. */
export const SAVED_RATES = {
  base: 312_345.678_912_345,
  factors: [
    {
      name: 'ageBand',
      isOrdered: true,
      levels: [
        ['0-34', 0.8123456789, 10.25],
        ['35+', 1, 20],
      ],
    },
    {
      name: 'sex',
      isOrdered: false,
      levels: [
        ['female', 1, 20],
        ['male', 1 / 3, 10],
        ['unknown', null, 0],
      ],
    },
    {
      name: 'group',
      isOrdered: false,
      levels: [
        ['007', 1.5e-7, 5],
        ['-A, "B"', 1.1, 5],
        ['other', 0.99, 5],
      ],
    },
    { name: 'plan', isOrdered: false, levels: [['basic', 1, 30]] },
  ] satisfies {
    name: string
    isOrdered: boolean
    levels: [level: string, relativity: number | null, exposure: number][]
  }[],
}

/** By language: the file, line by line, and the cells as a workbook gives them to the clipboard. */
export const SAVED_RATES_FILES = {
  en: {
    csv: [
      'Factor,Level,Relativity,Member-years',
      'Base rate,,312345.678912345,',
      'Age band,0-34,0.8123456789,10.25',
      'Age band,35+,1,20',
      'Sex,Female,1,20',
      'Sex,Male,0.3333333333333333,10',
      'Group,007,1.5e-7,5',
      'Group,"\'-A, ""B""",1.1,5',
      'Group,Small groups together,0.99,5',
      'Plan,basic,1,30',
      '"# Group health, version 1: relativities"',
      '"# Pure premium of the base levels: TWD 312,346 per member-year."',
      '"# Base level of each factor, whose relativity is 1: Age band 35+; Sex Female; Group none, its relativities were changed by hand or came so; Plan basic."',
      '"# Base rate: pure premium per member-year at the base levels, in TWD. This table can be put under “Model from elsewhere” in “Pricing” as it is."',
      '"# Without a relativity, and so in no line: Sex Unknown."',
      '"# Group health, version 1 · Approved · Tariff: abababababababababababababababababababababababababababababababab"',
      '"# Answer of the “gateways”, 3 of 4"',
      '',
    ],
    cells: [
      ['Factor', 'Level', 'Relativity', 'Member-years'],
      ['Base rate', '', '312345.678912345', ''],
      ['Age band', '0-34', '0.8123456789', '10.25'],
      ['Age band', '35+', '1', '20'],
      ['Sex', 'Female', '1', '20'],
      ['Sex', 'Male', '0.3333333333333333', '10'],
      ['Group', '007', '1.5e-7', '5'],
      ['Group', '-A, "B"', '1.1', '5'],
      ['Group', 'Small groups together', '0.99', '5'],
      ['Plan', 'basic', '1', '30'],
    ],
  },
  'zh-Hant': {
    csv: [
      '因子,水準,相對係數,人年',
      '基準費率,,312345.678912345,',
      '年齡層,0-34,0.8123456789,10.25',
      '年齡層,35+,1,20',
      '性別,女,1,20',
      '性別,男,0.3333333333333333,10',
      '團體,007,1.5e-7,5',
      '團體,"\'-A, ""B""",1.1,5',
      '團體,小型團體合併,0.99,5',
      '方案,basic,1,30',
      '# Group health，第 1 版：相對係數',
      '"# 基準水準的純保費：每人年 TWD 312,346。"',
      '# 各因子的基準水準（相對係數為 1）：年齡層 35+；性別 女；團體無（經人工調整，或原始費率即如此）；方案 basic。',
      '# 基準費率：基準水準的每人年純保費，單位為 TWD。此表可原樣放入「定價」的「外部模型」。',
      '# 沒有相對係數，因此未列出：性別 不詳。',
      '# Group health，第 1 版 · 已核定 · 費率: abababababababababababababababababababababababababababababababab',
      '"# Answer of the “gateways”, 3 of 4"',
      '',
    ],
    cells: [
      ['因子', '水準', '相對係數', '人年'],
      ['基準費率', '', '312345.678912345', ''],
      ['年齡層', '0-34', '0.8123456789', '10.25'],
      ['年齡層', '35+', '1', '20'],
      ['性別', '女', '1', '20'],
      ['性別', '男', '0.3333333333333333', '10'],
      ['團體', '007', '1.5e-7', '5'],
      ['團體', '-A, "B"', '1.1', '5'],
      ['團體', '小型團體合併', '0.99', '5'],
      ['方案', 'basic', '1', '30'],
    ],
  },
} as const
