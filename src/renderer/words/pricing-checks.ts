/** Words of what is checked of a tariff: two ways to one premium, dispersion, a later result, stability. */
export const en = {
  reconciliation: 'Two ways to the pure premium',
  reconciled: (product: string, direct: string) =>
    `Frequency × severity comes to ${product} of what was observed, Tweedie to ${direct}.`,
  agrees: 'They agree within 1 %.',
  agreesNot: 'They differ by more than 1 %: look at the cells with few claims, or use fewer factors.',
  dispersion: 'Dispersion',
  dispersionNote:
    'Pearson’s, after what noise explains. Of the frequency, above 1.2 and unlikely by chance: quasi-Poisson. Of the severity it is the square of the coefficient of variation; that of Tweedie is in units of money and compared with nothing.',
  thinModel: (measure: string, cells: string, parameters: string, freedom: string) =>
    `${measure}: ${cells} cells for ${parameters} parameters leave ${freedom}.`,
  thinModels: (list: string) =>
    `Fewer than 10 residual degrees of freedom for each parameter. ${list} Dispersion and errors rest on little: use fewer factors, or ask for a table with more groups.`,
  explained: 'Deviance explained',
  explainedNote:
    'Deviance explained: of what the cells scatter around one rate for all, the share that the factors take away. What noise scatters they cannot, so it says how much is in the factors and not how right they are.',
  familyHead: 'Family',
  used: 'Cells used',
  notConverged: 'did not converge',
  validation: 'Test on a later result',
  noValidation:
    'Choose a later result above: lift, Gini and actual to expected are said of claims that the model has not seen.',
  validationOf: (from: string, to: string, seenFrom: string, seenTo: string) =>
    `Claims of ${from} to ${to}, which the model of ${seenFrom} to ${seenTo} has not seen.`,
  gini: (value: string, lower: string, upper: string) => `Gini ${value} (${lower} to ${upper}, 95 %)`,
  ratioSaid: (ratio: string, lower: string, upper: string) =>
    `Actual over expected cost: ${ratio} (${lower} to ${upper}, 95 %)`,
  slope: (slope: string, lower: string, upper: string) =>
    `Calibration slope: ${slope} (${lower} to ${upper}, 95 %); 1 is right, below 1 the tariff spreads further apart than the claims did`,
  lift: 'Lift: cells in order of their premium',
  bin: 'Bin',
  liftAxis: 'Bin, lowest premium first',
  doubleLiftAxis: 'Bin, lowest ratio of the model from elsewhere to the tariff first',
  liftNote:
    'Bins of about equal exposure; cells with one and the same value are never parted, so there may be fewer than ten. Limits of the actual cost: chance by the model and noise of the answer.',
  liftCost: 'Cost per member-year',
  predicted: 'Predicted',
  actual: 'Actual',
  actualWithLimits: 'Actual, 95 % limits',
  alternative: 'Champion',
  costs: 'Costs',
  actualAxis: 'Actual over expected (log scale)',
  actualSaid: (factor: string, rows: string) =>
    `Claims, then costs, over what was expected by ${factor}, with 95 % limits, over bars of the exposure. ${rows}`,
  actualToExpected: (factor: string) => `Actual to expected by ${factor}`,
  costRatio: 'Cost (95 % limits)',
  claimsRatio: 'Claims (95 % limits)',
  stability: (factor: string) => `Stability of the relativities by ${factor}`,
  stabilityPriced: 'Priced result',
  stabilityLater: 'Later result',
  stabilityZ: 'z of the difference',
  stabilityNote:
    'The same model fitted to each result by itself, before changes by hand, relative to one level that both have. z is the difference of the logarithms over its error; of twenty levels one has a p below 0.05 by chance alone.',
  stabilitySaid: (factor: string, rows: string) =>
    `Relativities by ${factor} of the priced and then of the later result, with 95 % limits, over bars of the exposure. ${rows}`,
  noStability:
    'The model gives no relativities of the later result alone (too few claims, or rates from elsewhere), so their stability is not said.',
}

export const zhHant: typeof en = {
  reconciliation: '純保費的兩種算法',
  reconciled: (product, direct) => `頻率 × 幅度為觀察值的 ${product}，Tweedie 為 ${direct}。`,
  agrees: '兩者相差在 1 % 以內。',
  agreesNot: '兩者相差超過 1 %：請查看理賠很少的格子，或減少因子。',
  dispersion: '離散程度',
  dispersionNote:
    'Pearson 離散，已扣除雜訊所致。頻率的離散大於 1.2 且不似機遇時，宜用準 Poisson。幅度的離散為變異係數的平方；Tweedie 的離散以金額為單位，不與任何值比較。',
  thinModel: (measure, cells, parameters, freedom) =>
    `${measure}：${cells} 個格子對 ${parameters} 個參數，剩餘 ${freedom}。`,
  thinModels: (list) =>
    `每個參數的剩餘自由度不到 10。${list}離散度與誤差的依據不足：請減少因子，或申請團體較多的結果表。`,
  explained: '已解釋離差',
  explainedNote:
    '已解釋離差：各格子相對於單一費率的離差中，由因子解釋的比例。雜訊造成的離差無法解釋，因此它表示因子帶有多少資訊，而非費率是否正確。',
  familyHead: '分布',
  used: '使用格子',
  notConverged: '未收斂',
  validation: '以較新結果檢驗',
  noValidation: '請在上方選擇較新的結果：提升、Gini 與實際／期望都以模型未見過的理賠計算。',
  validationOf: (from, to, seenFrom, seenTo) =>
    `${from} 至 ${to} 的理賠，${seenFrom} 至 ${seenTo} 的模型未曾見過。`,
  gini: (value, lower, upper) => `Gini ${value}（${lower} 至 ${upper}，95 %）`,
  ratioSaid: (ratio, lower, upper) => `費用的實際／期望：${ratio}（${lower} 至 ${upper}，95 %）`,
  slope: (slope, lower, upper) =>
    `校準斜率：${slope}（${lower} 至 ${upper}，95 %）；1 為正確，小於 1 表示費率的差距大於實際理賠`,
  lift: '提升：格子依保費排序',
  bin: '分組',
  liftAxis: '分組，保費由低至高',
  doubleLiftAxis: '分組，外部模型與本機構費率之比由低至高',
  liftNote:
    '各組暴露量約略相等；數值相同的格子不拆開，因此可能少於十組。實際費用的區間含模型的機遇與答案的雜訊。',
  liftCost: '每人年費用',
  predicted: '預測',
  actual: '實際',
  actualWithLimits: '實際，95 % 區間',
  alternative: '現行費率',
  costs: '費用',
  actualAxis: '實際／期望（對數尺度）',
  actualSaid: (factor, rows) =>
    `依${factor}，先件數後費用的實際／期望，附 95 % 區間，下方長條為暴露量。${rows}`,
  actualToExpected: (factor) => `依${factor}的實際／期望`,
  costRatio: '費用（95 % 區間）',
  claimsRatio: '件數（95 % 區間）',
  stability: (factor) => `依${factor}的相對係數穩定性`,
  stabilityPriced: '定價所用結果',
  stabilityLater: '較新結果',
  stabilityZ: '差異的 z 值',
  stabilityNote:
    '以同一模型分別配適兩份結果，未含人工調整，並以兩者皆有的同一水準為基準。z 為對數差除以其標準誤；二十個水準中，平均有一個僅因機遇而 p 小於 0.05。',
  stabilitySaid: (factor, rows) =>
    `依${factor}，先定價所用結果、後較新結果的相對係數，附 95 % 區間，下方長條為暴露量。${rows}`,
  noStability: '此模型無法單以較新結果得出相對係數（理賠過少，或為外部費率），因此無法說明其穩定性。',
}
