/** Words of the room in which products are priced from recorded results, and of tariffs, groups and their checks. */
type Detail = Readonly<Record<string, unknown>>
const text = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

export const en = {
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
  steps: 'From the pure premium to the gross one',
  stepKinds: { factor: 'Factor', add: 'Amount per member-year', share: 'Share of the gross premium' },
  stepName: 'Name',
  stepKind: 'Kind',
  stepValue: 'Value',
  addStep: 'Add a step',
  stepWhy: 'Reason for this step',
  noteStep: 'Note the reason',
  stepNoted: (by: string, day: string, reason: string) => `${by}, ${day}: ${reason}`,
  stepsUnnoted: (names: string) =>
    `Nobody has said why these steps are there: ${names}. The version will say so to whoever decides on it. Write it under “Premium” and price again.`,
  pricedAgain: 'Price again with these steps',
  lines: 'Build-up of the average member-year',
  line: 'Step',
  amount: 'Amount',
  after: 'Premium after it',
  indication: 'Loss ratio and indicated change',
  noIndication: 'The exposure file has no premium in the priced cells, so there is nothing to compare with.',
  indicationOf: 'Of the earned premium',
  indicationShare: 'Share',
  indicationClaims: 'Claims, times the factors of the build-up',
  indicationAdded: 'Amounts that are added (pool, fixed expense)',
  indicationTogether: 'Both together',
  indicationTarget: 'Target: what the shares of the gross premium leave',
  indicationChange: 'Indicated change of the premium level (95 %)',
  indicationPremium: (amount: string) =>
    `Premium earned in the priced cells, by the exposure file: ${amount}.`,
  indicationNote:
    'Trend, late claims and a pool are in it as far as they are steps of the build-up. The premium is as it was earned: a change of rates within or after these months is not carried to it. Limits are those of the average premium.',
  pure: 'Pure premium',
  pool: 'Large claims',
  poolHint: (from: string, to: string, most: string) =>
    `What each of your expensive patients cost in all from ${from} to ${to}, one patient a line. What lies above ${most} a patient, which the answer left out, is pooled; the largest is never shown.`,
  amounts: 'Cost of each patient',
  spread: 'Spread',
  spreads: { flat: 'Flat, per member-year', proportional: 'In proportion to the premium' },
  doPool: 'Pool',
  pooled: (count: string, excess: string) => `${count} patients lie above it, by ${excess} in all.`,
  poolWrong: (lines: string) => `No amounts stand in these lines: ${lines}. Nothing was pooled.`,
  usePool: 'Add it as a step',
  poolStep: 'Pool for large claims',
  tail: 'The tail above this cap and above higher ones',
  tailCap: 'Cap of one patient',
  tailCount: 'Patients above it',
  tailExcess: 'Above it in all',
  tailVariation: 'Chance',
  tailIndex: 'Pareto index ± error',
  tailShape: 'Shape',
  tailShapes: { pareto: 'Pareto', lognormal: 'Lognormal' },
  tailFew: 'fewer than five',
  tailNote:
    'Chance: one standard error of what lies above, in another period like this one, by the amounts as they came. The index is Hill’s; lognormal is said where it fits better by more than chance. An index that stays the same with the cap is a Pareto tail. Of fewer than five patients nothing but their number is said.',
  tailHeavy:
    'At an index of 2 or less the variance has no end: the chance above is then too small, and at 1 or less the pool has no mean that any number of years would show. Take more years, or reinsure.',
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
  trend: 'Trend of the claim frequency',
  trendSaid: (yearly: string, lower: string, upper: string) =>
    `${yearly} a year (${lower} to ${upper}, 95 %)`,
  trendSeason:
    'Of a year of months or less season cannot be told from trend: a winter at the end reads as a rise. It is how often claims come; what each costs has a trend of its own, of which no table speaks.',
  coverFrom: 'First of the twelve months of cover',
  coverTooEarly: (to: string) =>
    `Claims up to ${to} are priced: cover begins after them. Nothing was changed.`,
  trendCarried: (from: string, to: string, cover: string, years: string, factor: string) =>
    `From the middle of ${from} to ${to} to the middle of the twelve months from ${cover}: ${years} ${years === '1' ? 'year' : 'years'}, × ${factor}.`,
  useTrend: 'Add it as a step',
  trendStep: 'Trend of the claim frequency',
  noTrend: 'Three months with claims are needed for a trend.',
  development: 'Claims that are not reported yet',
  developmentSaid: (factor: string) => `Factor to all claims: ${factor}.`,
  useDevelopment: 'Add it as a step',
  expectedLossRatio: 'Expected loss ratio',
  expectedLossRatioHint:
    'Of the earned premium, before claims are known. With it the three youngest months are developed by Bornhuetter-Ferguson; empty: chain ladder alone.',
  developmentStep: 'Late claims',
  noDevelopment: 'Nothing is to come any more, or the triangle of late claims was withheld or is too short.',
  month: 'Month',
  known: 'Known',
  ultimate: 'Expected in all',
  chainLadder: 'Chain ladder',
  method: 'Method',
  methods: { 'chain-ladder': 'Chain ladder', 'bornhuetter-ferguson': 'Bornhuetter-Ferguson' },
  error: '± error',
  credibility: (unit: 'group' | 'plan') => `Credibility of the ${unit}s (claims per member-year)`,
  noCredibility: (unit: 'group' | 'plan') => `At least two ${unit}s with several months are needed.`,
  credibilityNote:
    'Bühlmann-Straub over the months: blended is Z × own + (1 − Z) × all together. The error is one standard error.',
  own: 'Own rate',
  z: 'Z',
  blended: 'Blended',
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
  equalisation: 'Risk equalisation',
  equalisationSaid: (all: string) =>
    `By its own risk a group would pay another pure premium than at the community’s rate. Over all their exposure, those below it pay ${all} for those above it: the transfers add up to 0.`,
  equalisationHead: {
    own: 'By own risk',
    community: 'Community rate',
    transfer: 'Transfer',
  },
  equalisationNote:
    'Pure premium per member-year, of the cells that were shown. A transfer above 0 is what a group gets from the others. It has the errors of the relativities, with the noise of the answer, and no interval of its own. “By own risk” is the rate of the relativities before the list folds them, not what the group’s claims were: levels that share a relativity share it here too.',
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
  steps: '由純保費到總保費',
  stepKinds: { factor: '係數', add: '每人年金額', share: '占總保費比例' },
  stepName: '名稱',
  stepKind: '種類',
  stepValue: '數值',
  addStep: '新增步驟',
  stepWhy: '此步驟的理由',
  noteStep: '登錄理由',
  stepNoted: (by, day, reason) => `${by}，${day}：${reason}`,
  stepsUnnoted: (names) =>
    `以下步驟尚無人說明理由：${names}。版本會如實告知核定者。請在「保費」填寫後重新定價。`,
  pricedAgain: '以這些步驟重新定價',
  lines: '平均每人年保費的組成',
  line: '步驟',
  amount: '金額',
  after: '步驟後保費',
  indication: '損失率與指示費率調整',
  noIndication: '承保暴露檔在定價的格子中沒有保費，因此無從比較。',
  indicationOf: '占已賺保費',
  indicationShare: '比例',
  indicationClaims: '理賠，乘上保費組成中的各項係數',
  indicationAdded: '另加的金額（大額理賠池、固定費用）',
  indicationTogether: '兩者合計',
  indicationTarget: '目標：扣除各項占總保費比例後的餘額',
  indicationChange: '指示的保費水準調整（95 %）',
  indicationPremium: (amount) => `承保暴露檔中，定價格子的已賺保費：${amount}。`,
  indicationNote:
    '趨勢、遲報理賠與大額理賠池，僅在列為保費組成的步驟時計入。保費以當時已賺者為準：期間內或之後的費率調整未換算至現行水準。區間即平均保費的區間。',
  pure: '純保費',
  pool: '大額理賠',
  poolHint: (from, to, most) =>
    `${from} 至 ${to} 各高額病人的費用總和，每行一位病人。每位超過 ${most} 的部分（答案未計入）併入分攤；最大的一筆從不顯示。`,
  amounts: '各病人費用',
  spread: '分攤方式',
  spreads: { flat: '每人年均攤', proportional: '按保費比例' },
  doPool: '計算',
  pooled: (count, excess) => `有 ${count} 位病人超過起點，超額合計 ${excess}。`,
  poolWrong: (lines) => `以下各行不是金額：${lines}。未計算。`,
  usePool: '加為步驟',
  poolStep: '大額理賠池',
  tail: '此上限與更高上限以上的尾部',
  tailCap: '每位病人上限',
  tailCount: '超過的病人',
  tailExcess: '超額合計',
  tailVariation: '機遇',
  tailIndex: 'Pareto 指數 ± 誤差',
  tailShape: '形狀',
  tailShapes: { pareto: 'Pareto', lognormal: '對數常態' },
  tailFew: '少於五位',
  tailNote:
    '機遇：依現有金額，另一個同樣期間之超額合計的一個標準誤。指數以 Hill 法估計；對數常態的配適優於機遇所能解釋時，才列為對數常態。指數不隨上限改變，即為 Pareto 尾部。少於五位病人時，只列人數。',
  tailHeavy:
    '指數在 2 以下時，變異數沒有上限，上列機遇即為低估；在 1 以下時，再多年的資料也無法顯示分攤池的平均。請納入更多年度，或安排再保險。',
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
  trend: '理賠頻率趨勢',
  trendSaid: (yearly, lower, upper) => `每年 ${yearly}（${lower} 至 ${upper}，95 %）`,
  trendSeason:
    '資料不超過一年時，無法區分季節與趨勢：期末若逢冬季，看來就像上升。此趨勢是理賠的頻率；每件金額另有趨勢，沒有任何表可供估計。',
  coverFrom: '十二個月保障期間的首月',
  coverTooEarly: (to) => `定價的月份到 ${to}：承保須在其後開始。未改變。`,
  trendCarried: (from, to, cover, years, factor) =>
    `自 ${from} 至 ${to} 的中點，到 ${cover} 起十二個月的中點：${years} 年，× ${factor}。`,
  useTrend: '加為步驟',
  trendStep: '理賠頻率趨勢',
  noTrend: '至少需有三個月的理賠才能估計趨勢。',
  development: '尚未申報的理賠',
  developmentSaid: (factor) => `推估至全部理賠的係數：${factor}。`,
  useDevelopment: '加為步驟',
  expectedLossRatio: '預期損失率',
  expectedLossRatioHint:
    '占已賺保費的比例，在得知理賠之前。填入後，最近三個月以 Bornhuetter-Ferguson 法推估；留空則只用鏈梯法。',
  developmentStep: '遲報理賠',
  noDevelopment: '已無待申報的部分，或遲報三角不公布或月份過少。',
  month: '月份',
  known: '已知',
  ultimate: '預期總數',
  chainLadder: '鏈梯法',
  method: '方法',
  methods: { 'chain-ladder': '鏈梯法', 'bornhuetter-ferguson': 'Bornhuetter-Ferguson' },
  error: '± 誤差',
  credibility: (unit) => `各${unit === 'plan' ? '方案' : '團體'}的可信度（每人年理賠件數）`,
  noCredibility: (unit) => `至少需要兩個有數月資料的${unit === 'plan' ? '方案' : '團體'}。`,
  credibilityNote: '逐月的 Bühlmann-Straub 法：加權後 = Z × 自身 + (1 − Z) × 全體。誤差為一個標準誤。',
  own: '自身費率',
  z: 'Z',
  blended: '加權後',
  validation: '以較新結果檢驗',
  noValidation: '請在上方選擇較新的結果：提升、Gini 與實際對預期都以模型未見過的理賠計算。',
  validationOf: (from, to, seenFrom, seenTo) =>
    `${from} 至 ${to} 的理賠，${seenFrom} 至 ${seenTo} 的模型未曾見過。`,
  gini: (value, lower, upper) => `Gini ${value}（${lower} 至 ${upper}，95 %）`,
  ratioSaid: (ratio, lower, upper) => `實際對預期費用：${ratio}（${lower} 至 ${upper}，95 %）`,
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
  actualAxis: '實際對預期（對數尺度）',
  actualSaid: (factor, rows) =>
    `依${factor}，先件數後費用的實際對預期，附 95 % 區間，下方長條為暴露量。${rows}`,
  actualToExpected: (factor) => `依${factor}的實際對預期`,
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
  equalisation: '風險均等化',
  equalisationSaid: (all) =>
    `依各團體本身的風險，其純保費與社區費率不同。就全部承保暴露而言，低於社區費率者為高於者支付 ${all}：移轉合計為 0。`,
  equalisationHead: { own: '依本身風險', community: '社區費率', transfer: '移轉' },
  equalisationNote:
    '每人年純保費，僅含有公布的格子。移轉大於 0 表示該團體自其他團體取得的金額；含相對係數的誤差與結果的雜訊，本身沒有區間。「依本身風險」為清單合併因子之前、由相對係數所得的費率，並非該團體的實際理賠：共用相對係數的水準在此也共用。',
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
