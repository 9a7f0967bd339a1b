/**
 * The insurer's groups: what a monitoring table would ask, and what recorded ones say beside the insurer's own exposure. Nothing here asks
 * hospitals for anything: that is `requests`, with its price (docs/spec/pricing.md M12, M13).
 */
import { z } from 'zod'
import type { Service } from './kit.ts'
import { asked } from './requests.ts'

/** More than are kept. */
const ALERTS_LOOKED_MAX = 1_000
const watched = z.enum(['group', 'plan'])
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** `rate`: with its denominator, and which share of the band's variance is chance, noise and what is not reported yet. */
export const rateBand = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rate'),
    value: z.number(),
    lower: z.number(),
    upper: z.number(),
    denominator: z.number(),
    counted: z.number(),
    completion: z.number(),
    from: z.object({ chance: z.number(), noise: z.number(), immaturity: z.number() }),
  }),
  /** No denominator. */
  z.object({ kind: z.literal('claims-only'), counted: z.number(), noise: z.number() }),
  /** Its limits reach 0 by noise alone: nothing can be said. */
  z.object({ kind: z.literal('too-noisy'), denominator: z.number() }),
  /** The table has no such cell: too few. */
  z.object({ kind: z.literal('withheld') }),
])
export type MonitorRate = z.infer<typeof rateBand>

const ratio = z.object({
  ratio: z.number(),
  lower: z.number(),
  upper: z.number(),
  p: z.number(),
  observed: z.number(),
  expected: z.number(),
  /** Variance of the noise in what was observed. */
  noise: z.number(),
})
export type MonitorRatio = z.infer<typeof ratio>

const group = z.object({
  /** Null: the whole portfolio. */
  label: z.string().nullable(),
  /** Groups under this label where it stands for several. */
  codes: z.array(z.string()),
  /** Average lives and member-years of the file; null without it. */
  lives: z.number().nullable(),
  exposure: z.number().nullable(),
  premium: z.number().nullable(),
  /** Share of its exposure in cells that were withheld. */
  uncovered: z.number().nullable(),
  visits: rateBand,
  claims: rateBand,
  severity: rateBand,
  purePremium: rateBand,
  lossRatio: rateBand,
  prevalence: z.array(z.object({ condition: z.string(), rate: rateBand })),
  caseMix: z
    .object({ points: z.number(), lower: z.number(), upper: z.number(), persons: z.number() })
    .nullable(),
  /** Null of the portfolio, which is its own measure, and where nothing or too little (under 5) is expected or nothing is compared. */
  actualToExpected: ratio.nullable(),
  /** In order of time; null where withheld. */
  months: z.array(
    z.object({
      month: z.string(),
      claims: z.number().nullable(),
      patients: z.number().nullable(),
      /** Variance of the noise in the claims. */
      noise: z.number(),
      /** Of the groups that are counted in it, as the exposure is. */
      expected: z.number().nullable(),
      exposure: z.number().nullable(),
      /** Claims per member-year, completed. */
      rate: rateBand,
      /** Groups whose number of the month was withheld: they are in none of these. */
      withheld: z.int(),
    }),
  ),
})
export type MonitorGroupView = z.infer<typeof group>

const cause = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('rows'),
    rows: z.array(
      z.object({
        label: z.string(),
        observed: z.number(),
        expected: z.number(),
        excess: z.number(),
        ratio: z.number(),
        lower: z.number(),
        upper: z.number(),
        p: z.number(),
        /** Of conditions: at the false-discovery rate over all of them and all groups together; null of other parts, which are not tested so. */
        standsOut: z.boolean().nullable(),
      }),
    ),
    leftOut: z.int(),
  }),
  z.object({ kind: z.literal('stops'), reason: z.enum(['no-table', 'withheld', 'too-few']) }),
])
export type MonitorCause = z.infer<typeof cause>
export const causeBy = z.enum(['ageBand', 'condition', 'month'])
export type CauseBy = z.infer<typeof causeBy>

const cusum = z.object({
  label: z.string(),
  ratio: z.number(),
  threshold: z.number(),
  falseAlarmsPerYear: z.number(),
  points: z.array(z.object({ month: z.string(), value: z.number(), isSignal: z.boolean() })),
})

const alert = z.object({
  watched,
  label: z.string(),
  /** A rise in time, or a level apart from the others. */
  kind: z.enum(['rise', 'level']),
  /** Of a rise: the month of the signal and the first one of it. */
  month: z.string().nullable(),
  since: z.string(),
  ratio,
  falseAlarmsPerYear: z.number(),
  /** Where to look: the largest excess that can be read, or null. */
  next: z.object({ by: causeBy, label: z.string(), share: z.number() }).nullable(),
})
export type MonitorAlert = z.infer<typeof alert>

export const notedAlert = z.object({
  studyHash: hash,
  lastMonth: z.string(),
  watched,
  label: z.string(),
  kind: z.enum(['rise', 'level', 'persisting']),
  month: z.string().nullable(),
  since: z.string(),
  /** As it was when it was first shown. */
  ratio: z.number(),
  lower: z.number(),
  upper: z.number(),
  notedAt: z.number(),
})
export type NotedAlert = z.infer<typeof notedAlert>

/** When somebody said to have looked into it; null: nobody yet, and 0 where it was kept before that was said. */
export const keptAlert = notedAlert.extend({ lookedAt: z.number().nullable() })
export type KeptAlert = z.infer<typeof keptAlert>

const source = z.object({
  studyHash: hash,
  snapshot: hash,
  snapshotHeight: z.int().nullable(),
  /** Milliseconds since 1970. */
  stateAt: z.number().nullable(),
  answeredAt: z.number().nullable(),
  microRho: z.int(),
  organisation: z.string(),
  lastMonth: z.string(),
  months: z.int(),
  /** What one patient counts with at most. */
  costMost: z.int(),
  attestedBy: z.int(),
  gatewayCount: z.int(),
  /** `to-come`: the chain says that it was answered, and its bytes are not at this node yet. */
  contents: z.enum(['to-come', 'withheld', 'numbers']),
})
export type MonitorSource = z.infer<typeof source>

/** Units beside each other: employer groups, or plans. */
const units = z.object({
  groups: z.array(group),
  /** Whether what is expected goes by age and sex; if not, by exposure alone. */
  isStandardised: z.boolean(),
  /** Whether two of them or more have something expected of them; of one alone it is what was observed. */
  isCompared: z.boolean(),
  funnel: z.object({
    falseDiscoveryRate: z.number(),
    phi: z.number(),
    leftOut: z.int(),
    points: z.array(
      z.object({
        label: z.string(),
        expected: z.number(),
        ratio: z.number(),
        lower: z.number(),
        upper: z.number(),
        p: z.number(),
        isSignal: z.boolean(),
      }),
    ),
    limits: z.array(
      z.object({
        expected: z.number(),
        lower95: z.number(),
        upper95: z.number(),
        lower998: z.number(),
        upper998: z.number(),
      }),
    ),
  }),
  cusums: z.array(cusum),
  /** By group, then by what it is cut. */
  causes: z.array(z.object({ label: z.string(), by: causeBy, cause })),
  /** Variance of a count of claims over its mean, after the noise, with its error; null where it cannot be told. Below 1 it is taken as 1. */
  dispersion: z.object({ phi: z.number(), stdErr: z.number(), freedom: z.int() }).nullable(),
  /** Ratios drawn towards all by credibility: of claims towards 1, of costs over premium towards the middle of all; in the order of the groups. */
  shrunk: z.object({
    ratios: z.array(z.object({ label: z.string(), credibility: z.number(), ratio: z.number() })),
    lossRatios: z.array(z.object({ label: z.string(), credibility: z.number(), ratio: z.number() })),
    lossMiddle: z.number().nullable(),
  }),
  /** Exponentially weighted averages of observed over expected of each group with a chart; no alarm comes from them. */
  ewmas: z.array(
    z.object({
      label: z.string(),
      points: z.array(
        z.object({ month: z.string(), value: z.number(), lower: z.number(), upper: z.number() }),
      ),
    }),
  ),
  /** Expected without any change, with as many tables a year as the view says: from the charts, and from groups beside each other. */
  falseAlarmsPerYear: z.object({ rises: z.number(), levels: z.number() }),
})
export type MonitorUnits = z.infer<typeof units>

const view = z.object({
  ...units.shape,
  kind: z.literal('view'),
  source,
  exposure: z.object({ hash, fileName: z.string(), importedAt: z.number() }).nullable(),
  /** Why the file gives no rates though there is one: its groups, months or bands are not those of the table. */
  mismatch: z.enum(['bands', 'months', 'groups']).nullable(),
  /** The gateways withheld all of it: too few patients. */
  isWithheld: z.boolean(),
  portfolio: group,
  /** The same of the payer's plans; null where the table was asked without them. */
  plans: units.nullable(),
  /** Of groups and plans, the surest first. */
  alerts: z.array(alert),
  /** Every alert that somebody of this institution was shown, of all its tables, newest first; each is in the audit once. */
  noted: z.array(keptAlert),
  triangle: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('triangle'),
      months: z.array(z.string()),
      cumulative: z.array(z.array(z.number())),
      /** Later claims count as none: they are too few to be shown. */
      isCut: z.boolean(),
      completion: z.array(z.number()),
    }),
    z.object({ kind: z.literal('withheld'), cells: z.int() }),
    z.object({ kind: z.literal('too-short'), months: z.int() }),
    /** Every month is so old that nothing is to come. */
    z.object({ kind: z.literal('settled') }),
    /** Fewer than three months are young, or all that is shown had its time: later delays than `cutAfter` count as none, where there is one. */
    z.object({ kind: z.literal('undeveloped'), cutAfter: z.int().nullable() }),
    /** Nothing to develop from: a first column of noise alone. */
    z.object({ kind: z.literal('no-pattern') }),
  ]),
  /** Among how many such tables the yearly allowance is shared at the price of this one. */
  tablesPerYear: z.int(),
  /** Coefficient of variation of one claim's amount, which is assumed: no table says it. */
  amountVariation: z.number(),
  /** Claims per person-month of all insurers together and of one's own, in the months of which both may be said. */
  benchmark: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('benchmark'),
      insurers: z.int(),
      own: rateBand,
      market: rateBand,
      months: z.array(z.object({ month: z.string(), own: rateBand, market: rateBand })),
    }),
    z.object({
      kind: z.literal('none'),
      /** Fewer than three insurers were members; or the gateways let none out, for whichever reason. */
      reason: z.enum(['not-asked', 'withheld']),
    }),
  ]),
})
export type MonitorView = z.infer<typeof view>

const plan = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('plan'),
    /** What `requests` takes: `registration` is to be filled in where the table is asked under a registered protocol. */
    asked,
    groups: z.array(z.object({ label: z.string(), codes: z.array(z.string()), lives: z.number() })),
    /** Plans that are watched beside the groups; none where the file has one alone. And how many do not fit into a request. */
    plans: z.array(z.object({ label: z.string(), codes: z.array(z.string()), lives: z.number() })),
    plansLeftOut: z.int(),
    /** Groups under one label, since they are too small or too many. */
    merged: z.int(),
    /** Groups whose names do not fit into a request, and their lives: they are in no number of the table. */
    leftOut: z.object({ groups: z.int(), lives: z.number() }),
    /** Of so many insurers a benchmark is asked with it; null: of fewer than three there is none. */
    benchmarkOf: z.int().nullable(),
    /** Patients that a group needs to be shown, and claims from which actual to expected is known to a quarter. */
    personsLeast: z.int(),
    claimsLeast: z.int(),
    /** Of a plan; null without any. */
    ofPlan: z.object({ personsLeast: z.int(), claimsLeast: z.int() }).nullable(),
  }),
  z.object({ kind: z.literal('too-few-months'), months: z.int() }),
  z.object({ kind: z.literal('all-too-small') }),
  z.object({ kind: z.literal('unclear-bands'), labels: z.array(z.string()) }),
  z.object({ kind: z.literal('too-many-bands') }),
  z.object({ kind: z.literal('no-file') }),
  z.object({ kind: z.literal('no-snapshot') }),
  z.object({ kind: z.literal('no-insurer') }),
])
export type MonitorPlanView = z.infer<typeof plan>

/** One label in one table, as the page of that table has it. */
const seriesPoint = group
  .pick({
    lives: true,
    exposure: true,
    claims: true,
    severity: true,
    purePremium: true,
    lossRatio: true,
    prevalence: true,
    caseMix: true,
    actualToExpected: true,
  })
  .extend({
    /** Under this label stand other groups than in the table before that has it. */
    hasOtherGroups: z.boolean(),
  })
export type SeriesPoint = z.infer<typeof seriesPoint>

/** A/E above 1.1 in three tables one after another and more, and more than chance and noise explain over all their months. */
const persisting = alert.extend({
  kind: z.literal('persisting'),
  /** The newest of its tables, and the last month of that. */
  studyHash: hash,
  month: z.string(),
  /** Over all its months, each once and as the newest table has it. */
  ratio,
  /** What changed from table to table, oldest first. */
  tables: z
    .array(z.object({ lastMonth: z.string(), ratio: z.number(), lower: z.number(), upper: z.number() }))
    .min(3),
  /** Whether the newest table of all is still above. */
  isOn: z.boolean(),
})
export type PersistingAlert = z.infer<typeof persisting>

const series = z.object({
  kind: z.literal('series'),
  exposure: view.shape.exposure,
  /** Oldest first: by their last month, and of one last month by their snapshot. */
  tables: z.array(
    z.object({
      source,
      mismatch: view.shape.mismatch,
      isWithheld: z.boolean(),
      /** Months that the table before it has as well: as far as these go, both say the same once more. */
      sharedMonths: z.int(),
    }),
  ),
  /** Points stand in the order of the tables; null where a table has no such label. The whole portfolio, null, is among the groups. */
  groups: z.array(z.object({ label: z.string().nullable(), points: z.array(seriesPoint.nullable()) })),
  plans: z.array(z.object({ label: z.string().nullable(), points: z.array(seriesPoint.nullable()) })),
  /** Of groups and plans, the surest first. */
  persisting: z.array(persisting),
  /** Labels whose newest three tables can be held against the rule, and the alarms of all of them in a year if none ever differed. */
  watchedForPersisting: z.object({ labels: z.int(), falseAlarmsPerYear: z.number() }),
  noted: view.shape.noted,
})
export type MonitorSeries = z.infer<typeof series>

/** Alerts that nobody has looked into, newest first, and tables that nobody has opened: whose alerts nobody knows. */
const noted = z.object({
  alerts: z.array(notedAlert.extend({ id: hash })),
  /** Tables that were answered after the newest one that somebody has opened, newest first. */
  unopened: z.array(z.object({ studyHash: hash, lastMonth: z.string() })),
})
export type MonitorNoted = z.infer<typeof noted>

const measured = z.object({ value: z.number(), lower: z.number(), upper: z.number() })
/** A number of two tables, and how far it moved: after less before. */
const moved = z.object({
  before: measured,
  after: measured,
  difference: measured,
  /** By more than chance and noise explain: limits that leave out 0. */
  isMoved: z.boolean(),
})
export type MonitorMoved = z.infer<typeof moved>

const mixDrift = z.object({
  /** Member-months of the file by age and sex, group or plan; or patients of the tables by age and sex. */
  of: z.enum(['age-sex', 'group', 'plan', 'patients']),
  /** First and last month of both sides. */
  before: z.object({ first: z.string(), last: z.string() }),
  after: z.object({ first: z.string(), last: z.string() }),
  index: z.number(),
  /** What is left of the index without what chance and noise are expected to make of it. */
  corrected: z.number(),
  /** Without a drift: its mean, and what it stays below 19 times of 20; 0 of the file, which is no sample. */
  expected: z.number(),
  upper: z.number(),
  verdict: z.enum(['stable', 'watch', 'act']),
  bins: z.int(),
  moved: z.array(z.object({ label: z.string(), before: z.number(), after: z.number() })),
})
export type MonitorMixDrift = z.infer<typeof mixDrift>

const drift = z.object({
  kind: z.literal('drift'),
  exposure: view.shape.exposure,
  /** Null where one table alone is looked at: then the halves of the file are held against each other, and nothing else. */
  earlier: source.nullable(),
  later: source,
  /** Months that both tables have. */
  sharedMonths: z.int(),
  mix: z.array(mixDrift),
  /** Claims of the later table over what the earlier one's rates by age and sex expect of the later exposure; or why there is none. */
  actual: z.discriminatedUnion('kind', [
    measured.extend({ kind: z.literal('ratio'), observed: z.number(), expected: z.number() }),
    z.object({
      kind: z.literal('none'),
      reason: z.enum(['one-table', 'no-file', 'other-length', 'withheld']),
    }),
  ]),
  /** Chronic conditions per patient, and mean Charlson points; null of tables of different length, or where they share no cell that says so. */
  conditions: moved.nullable(),
  charlson: moved.nullable(),
  /** Shares of what is not known; none of tables of different length. `withheld`: too few of them to be shown in both tables. */
  unknown: z.array(
    z.object({
      of: z.enum(['group', 'plan', 'age', 'sex', 'charlson', 'delay']),
      share: z.discriminatedUnion('kind', [
        moved.extend({ kind: z.literal('moved') }),
        z.object({ kind: z.literal('withheld') }),
      ]),
    }),
  ),
  /** How much was known of a month that lay so many months before that of the snapshot, in both tables. */
  late: z.array(moved.extend({ months: z.int() })),
})
export type MonitorDrift = z.infer<typeof drift>

export const monitor = {
  /** Of a kept file and a declared snapshot. `perYear`: among how many tables the yearly allowance is shared. */
  plan: {
    input: z.object({
      exposure: hash,
      snapshot: hash,
      perYear: z.int().min(1).max(12),
      registration: hash.nullable(),
    }),
    output: plan,
  },
  /** Recorded monitoring tables of this insurer, newest first. */
  tables: { input: z.void(), output: z.array(source) },
  /** One of them beside a kept file; null: claims only. */
  view: {
    input: z.object({ studyHash: hash, exposure: hash.nullable() }),
    output: z.discriminatedUnion('kind', [view, z.object({ kind: z.literal('not-here') })]),
  },
  /** All of them beside one kept file, label by label through time; null: claims only. */
  series: { input: z.object({ exposure: hash.nullable() }), output: series },
  /** What moved from one of them to a later one, beside a kept file; of one and the same table the halves of the file. */
  drift: {
    input: z.object({ exposure: hash.nullable(), earlier: hash, later: hash }),
    output: z.discriminatedUnion('kind', [drift, z.object({ kind: z.literal('not-here') })]),
  },
  /** For a place outside of the page: from what is kept alone, nothing is computed. */
  noted: { input: z.void(), output: noted },
  /** Somebody has looked into them. */
  look: {
    input: z.object({ ids: z.array(hash).min(1).max(ALERTS_LOOKED_MAX) }),
    output: z.object({ looked: z.int() }),
  },
} satisfies Service
