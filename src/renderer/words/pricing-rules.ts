/** Words of what a product may use in a jurisdiction: permitted factors, proxies, community rating, published rules. */
export const en = {
  rulesHint:
    'What a product may use in a jurisdiction. Whatever is not allowed is refused, and the refusal is in the audit. Every saved list is a version of its own.',
  ruleVersion: (version: string, by: string, when: string) => `Version ${version}, ${by}, ${when}`,
  noRules: 'There is no list for this product and jurisdiction: nothing is priced without one.',
  allowed: 'Allowed factors',
  allowedHint: 'One a line; with a limit of the ratio after a comma: Age band, 3',
  forbidden: 'Forbidden factors',
  forbiddenHint: 'One a line, with the reason after a comma: Sex, one premium for women and men',
  proxies: 'Known proxies',
  proxiesHint: 'One a line: factor, what it stands for, why',
  saveRules: 'Save this list',
  community: {
    label: 'Community rating',
    none: 'No: priced by risk',
    all: 'One rate for all',
    by: (factor: string) => `One rate for each level of ${factor}`,
    why: 'Reason for it',
    whyHint: 'The law or the decision. It stands beside every factor that is brought to 1.',
    needsWhy: 'Say why the product is community-rated. Nothing was saved.',
    hint: 'Every other factor is brought to 1 after the model and all changes by hand, as a step of the tariff in the name of whoever saved the list; the base follows, so that the total stays what was observed. What groups pay for each other stands under “Premium”.',
  },
  presets: {
    label: 'Start from a published rule',
    names: {
      'eu-unisex': 'European Union: unisex premiums',
      'aca-individual': 'United States: individual and small-group market (ACA)',
    },
    fill: 'Fill it in',
    said: (since: string, sources: string) => `Holds since ${since}. ${sources}.`,
    notes: {
      'eu-unisex':
        'The rule forbids two factors and names none that is allowed; allowed are the axes of your answers that it does not speak of. National law may forbid more.',
      'aca-individual':
        'Age may spread 3 : 1 among adults of 21 and over; the list here holds all levels of the factor to it, children too, which is stricter. States may be stricter still.',
    },
    filled: (name: string) =>
      `${name}: filled in, and nothing is saved. It is no legal advice: read it, change what is otherwise where you sell, and save it as your own list.`,
    reasons: {
      'eu-unisex': {
        sex: 'one premium for women and men (C-236/09 Test-Achats)',
        geneticData: 'no difference by genetic features (Charter, Article 21)',
      },
      'aca-individual': {
        sex: 'not among the four factors of 45 CFR 147.102',
        healthStatus: 'no premium by health status (42 U.S.C. 300gg-4)',
        geneticData: 'no premium by genetic information (42 U.S.C. 300gg-4)',
      },
    } as Record<string, Record<string, string>>,
  },
  proxyMeasured:
    'That a permitted factor stands in for a forbidden one is measured only where the forbidden one is an axis of the answered table. Of any other nothing can be measured here: name what may stand in for it under “Known proxies”.',
  proxyOf: (measured: string, unmeasured: string) =>
    `Of the list that is kept, measured: ${measured}; not measured: ${unmeasured}.`,
  proxyNone: 'none',
  rulesNeed:
    'A list is of a product and a jurisdiction: both are named above, once a table of your groups was answered with numbers.',
  rulesSaved: (version: string) => `Saved as version ${version}.`,
  rulesRefused: {
    unchanged: 'It is the list that is kept already. Nothing was saved.',
    both: 'A factor is both allowed and forbidden. Nothing was saved.',
    'community-by':
      'The factor of the community rate is not among the allowed ones. Nothing was saved. Allow it, or choose another one.',
  },
  rulesWrong: (field: string, line: string) => `${field}: line ${line} is not complete. Nothing was saved.`,
}

export const zhHant: typeof en = {
  rulesHint: '商品在某法域可使用的因子。不在清單上的一律拒絕，並記入稽核。每次儲存都是新的版本。',
  ruleVersion: (version, by, when) => `第 ${version} 版，${by}，${when}`,
  noRules: '此商品與法域尚無清單：沒有清單就不能定價。',
  allowed: '可用因子',
  allowedHint: '每行一個；若有比值上限，寫在逗號後：年齡層, 3',
  forbidden: '禁用因子',
  forbiddenHint: '每行一個，逗號後寫理由：性別, 男女保費相同',
  proxies: '已知代理變數',
  proxiesHint: '每行：因子, 所代理者, 理由',
  saveRules: '儲存清單',
  community: {
    label: '社區費率',
    none: '否：依風險定價',
    all: '全體同一費率',
    by: (factor) => `依${factor}，每一水準一個費率`,
    why: '理由',
    whyHint: '所依的法規或決定；會列在每個調為 1 的因子旁。',
    needsWhy: '請說明為何採社區費率，未儲存。',
    hint: '模型與所有人工調整之後，其餘因子一律調為 1，並以儲存清單者之名列為費率的步驟；基準費率隨之調整，總額仍為觀察值。團體之間的補貼列在「保費」。',
  },
  presets: {
    label: '自已公布的規定開始',
    names: {
      'eu-unisex': '歐盟：男女同一保費',
      'aca-individual': '美國：個人與小團體市場（ACA）',
    },
    fill: '填入',
    said: (since, sources) => `自 ${since} 起適用。${sources}。`,
    notes: {
      'eu-unisex':
        '此規定禁用兩個因子，未列出可用者；此處可用的是結果表中規定未提及的欄位。各國法律可能另有禁止。',
      'aca-individual':
        '年齡比值 3 : 1 適用於 21 歲以上成人；此清單對該因子的所有水準（含兒童）一律套用，較為嚴格。各州可能更嚴。',
    },
    filled: (name) => `${name}：已填入，尚未儲存。此非法律意見：請閱讀並依銷售地修改，再存為您自己的清單。`,
    reasons: {
      'eu-unisex': {
        sex: '男女保費相同（C-236/09 Test-Achats）',
        geneticData: '不得因基因特徵差別待遇（基本權利憲章第 21 條）',
      },
      'aca-individual': {
        sex: '不在 45 CFR 147.102 所列四項因子之內',
        healthStatus: '不得依健康狀況計收保費（42 U.S.C. 300gg-4）',
        geneticData: '不得依基因資訊計收保費（42 U.S.C. 300gg-4）',
      },
    },
  },
  proxyMeasured:
    '可用因子是否代理禁用因子，僅在禁用因子為結果表的欄位時才能量測；其餘無法量測，請將可能的代理變數寫在「已知代理變數」。',
  proxyOf: (measured, unmeasured) => `現有清單中，有量測：${measured}；未量測：${unmeasured}。`,
  proxyNone: '無',
  rulesNeed: '清單屬於某商品與某法域：有公布數字的團體結果表之後，請先在上方填入兩者。',
  rulesSaved: (version) => `已存為第 ${version} 版。`,
  rulesRefused: {
    unchanged: '與現有清單相同，未儲存。',
    both: '有因子同時列為可用與禁用，未儲存。',
    'community-by': '社區費率所依的因子不在可用因子之列，未儲存。請列為可用，或改選其他因子。',
  },
  rulesWrong: (field, line) => `${field}：第 ${line} 行不完整，未儲存。`,
}
