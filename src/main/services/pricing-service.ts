/** Pricing from recorded results as jobs on another thread, changes by hand as they are noted, and the lists of permitted factors. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type {
  ChallengedAnswer,
  PricedAnswer,
  pricing as pricingContract,
  PricingProblem,
  RulesView,
} from '../../shared/contract/pricing.ts'
import type { PricingWork } from '../../shared/domain/pricing-work.ts'
import { canonicalJson, type CanonicalValue } from '../../shared/std/canonical-json.ts'
import { toHex, utf8Encode } from '../../shared/std/bytes.ts'
import {
  cellsOf,
  changeHash,
  engineProblem,
  isSame,
  newestRules,
  plain,
  preparePricing,
  type Prepared,
  ratiosOf,
  refusalsOf,
  stepHash,
  warningsOf,
} from '../insurer/prepare-pricing.ts'
import type { PricingSources } from '../insurer/pricing-sources.ts'
import { yearlyRates } from '../insurer/yearly-rates.ts'
import { type KeptRules, tariffBook, type TariffBook } from '../insurer/tariff-book.ts'
import { FIT_EDITION } from '../pricing/tariff/make-tariff.ts'
import { PricingFailure } from '../pricing/failure.ts'
import { capLosses, largeLossLoad, tailRows } from '../pricing/model/large-losses.ts'
import { devianceExplained } from '../pricing/model/fit-rates.ts'
import type { PricedProduct } from '../pricing/model/price-product.ts'
import { pricedAxes } from '../pricing/model/recorded-table.ts'
import { total } from '../pricing/model/tariff-table.ts'
import type { CostProcess } from '../pricing/model/validate.ts'
import type { encodeRating } from '../pricing/tariff/document.ts'
import { WorkerFailure } from '../workers/calls.ts'
import type { Pricer } from '../workers/pricing.ts'
import { nameSubject } from './audit-subject.ts'
import { leaseOf, nodeOf, profileOf, type ServiceContext } from './context.ts'
import { civilDateIn } from './facility-time.ts'

type Service = Handlers<typeof pricingContract>
type Answer = NonNullable<Awaited<ReturnType<Service['answer']>>>

export function createPricingService(
  context: ServiceContext,
  sources: PricingSources,
  pricer: Pricer,
): Service {
  const { world, jobs } = context
  const book = (): TariffBook => tariffBook(world, nodeOf(context))

  const whoAndWhen = (): { by: string; day: string } => ({
    by: leaseOf(context).session.person.name.trim().slice(0, 80) || '–',
    day: dayOf(world.now()),
  })
  const dayOf = (at: number): string => civilDateIn(profileOf(context).facts.zone, at)

  async function prepared(work: PricingWork): Promise<Prepared | Extract<Answer, { kind: 'not-priced' }>> {
    nameSubject({ study: work.source.studyHash })
    const ready = await preparePricing(book(), sources, world.crypto, work, dayOf)
    if (ready.kind === 'not-priced') nameRefused(ready.problem)
    return ready
  }

  return {
    async sources() {
      const all = await book().rules()
      const newest = all.filter((each) => newestRules(all, each.rules) === each)
      return {
        results: (await sources.results()).map((result) => {
          const { studyHash, title, at, snapshot, from, to, costMost } = result
          return { studyHash, title, at, snapshot, from, to, costMost, ...pricedAxes(result) }
        }),
        exposures: (await sources.exposures()).map(({ hash, name, importedAt, broughtBy, months }) => ({
          hash,
          name,
          importedAt,
          broughtBy,
          from: months[0] ?? null,
          to: months.at(-1) ?? null,
        })),
        rules: newest.map(rulesViewOf),
      }
    },
    async noteStep({ step, reason }) {
      const noted = { ...step, note: { ...whoAndWhen(), reason } }
      await book().note({ hash: stepHash(world.crypto, step, noted.note), step: noted })
      nameSubject({ step: step.kind })
      return noted
    },
    async note({ change, reason }) {
      const noted = { change, ...whoAndWhen(), reason }
      await book().note({ hash: changeHash(world.crypto, noted), change: noted })
      nameSubject({ change: change.kind })
      return noted
    },
    async start({ work }) {
      const ready = await prepared(work)
      if (ready.kind === 'not-priced') return ready
      const { jobId } = jobs.start('price', 'passes', async ({ signal }): Promise<Answer> => {
        const { model, adjustments, steps, expectedLossRatio = null, ratingFrom = null } = work
        const { cells, result, exposure, holdout } = ready
        try {
          const priced = await pricer.call(
            'price',
            {
              recipe: {
                model,
                adjustments,
                steps,
                expectedLossRatio,
                ratingFrom,
                community: ready.community,
              },
              table: cells.table,
              result,
              exposure,
              premium: cells.premium,
              holdout: holdout?.table ?? null,
            },
            signal,
          )
          return answerOf(work, ready, priced)
        } catch (error) {
          const problem = problemOf(error)
          if (problem === null) throw error
          return { kind: 'not-priced', problem }
        }
      })
      return { kind: 'started', jobId }
    },
    answer: async ({ jobId }) => jobs.result(jobId, 'price') as Answer | null,
    async challenge({ work, challenger }) {
      const ready = await prepared(work)
      if (ready.kind === 'not-priced') return ready
      // What the tariff here was made of speaks for it: claims that it has not seen decide, where there are any.
      const { from, to } = ready.holdout ?? ready.result
      const table = ready.holdout?.table ?? ready.cells.table
      const asked =
        challenger.kind === 'rates'
          ? challenger
          : {
              kind: challenger.kind,
              source: challenger.source,
              tables: Object.fromEntries(
                challenger.tables.map(({ name, key, rows }) => [
                  name,
                  { key, rows: rows.map((row) => [row.key, row.value] as const) },
                ]),
              ),
            }
      try {
        const read = (
          await pricer.call('challenge', { champion: null, process: null, challenger: asked, table })
        ).rates
        if (read.kind === 'refused') return { ...read, errors: read.errors.map((each) => ({ ...each })) }
        if (read.kind === 'problem') {
          // A name that is no column may be one that nobody may price by.
          const named = refusalsOf([{ factor: read.problem.found, ratio: null }], ready.rules).filter(
            ({ reason }) => reason === 'forbidden',
          )
          if (named.length > 0) {
            const problem: PricingProblem = { kind: 'factors', refusals: named }
            nameRefused(problem)
            return { kind: 'not-priced', problem }
          }
          const { code, line, column, length, found, expected, hint } = read.problem
          return {
            kind: 'problem',
            code,
            line,
            column,
            length,
            found,
            expected: [...expected],
            hint: hint === null ? null : { ...hint },
          }
        }
        const used = read.factors.map((factor, i) => ({ factor, ratio: read.ratios[i] ?? null }))
        const refusals = refusalsOf(used, ready.rules)
        if (refusals.length > 0) {
          const problem: PricingProblem = { kind: 'factors', refusals: [...refusals] }
          nameRefused(problem)
          return { kind: 'not-priced', problem }
        }
        const champion = await championOf(work, ready)
        const { rates, compared } = await pricer.call('challenge', { ...champion, challenger: asked, table })
        return {
          kind: 'challenged',
          factors: [...read.factors],
          on: { from, to, isLater: ready.holdout !== null },
          ...(plain(compared) as Omit<
            Extract<ChallengedAnswer, { kind: 'challenged' }>,
            'kind' | 'factors' | 'on' | 'noValue' | 'warnings' | 'rates'
          >),
          // What was compared is what is priced, whatever stands in the field by then.
          rates:
            challenger.kind === 'rates'
              ? { text: challenger.text, format: challenger.format, factors: [...read.factors] }
              : null,
          noValue: rates.kind === 'rates' ? [...rates.noValue] : [],
          warnings: [...warningsOf(read.factors, ready.rules, ready.cells.table)],
        }
      } catch (error) {
        const problem = problemOf(error)
        if (problem === null) throw error
        return { kind: 'not-priced', problem }
      }
    },
    async pool({ amounts, spread, source, factors }) {
      const cells = await cellsOf(sources, source, factors)
      if (cells.kind === 'not-priced') return cells
      const lines = amounts
        .split(/\r\n|\r|\n/)
        .map((text) => text.trim().replace(/(?<=[0-9]),(?=[0-9]{3}\b)/g, ''))
      const wrong = lines.flatMap((text, i) => (text !== '' && !isAmount(Number(text)) ? [i + 1] : []))
      if (wrong.length > 0) return { kind: 'refused', lines: wrong.slice(0, 50) }
      const values = Float64Array.from(lines.filter((text) => text !== '').map(Number))
      // The answer's own cap: above another one something would be charged twice or not at all.
      const { excessCount, excessTotal } = capLosses(values, cells.result.costMost)
      try {
        const { from, to } = cells.result
        const years = cells.exposure.reduce(
          (sum, { key, memberMonths }) =>
            sum + (key.month >= from && key.month <= to ? memberMonths / 12 : 0),
          0,
        )
        const load = largeLossLoad(cells.cells.table, years, excessTotal, spread)
        return {
          kind: 'pooled',
          patients: values.length,
          excessCount,
          excessTotal,
          load: load.kind === 'flat' ? load.perMemberYear : load.factor,
          tail: tailRows(values, cells.result.costMost),
        }
      } catch (error) {
        const problem = problemOf(error)
        if (problem === null) throw error
        return { kind: 'not-priced', problem }
      }
    },
    incidences: async () =>
      (await sources.incidences()).map(({ studyHash, title, answer, snapshot, cohort }) => ({
        studyHash,
        title,
        kind: answer.kind,
        snapshot,
        cohort,
      })),
    async incidence({ curve, effects }) {
      const all = await sources.incidences()
      const [one, other] = [curve, effects].map((hash) => all.find(({ studyHash }) => studyHash === hash))
      if (one === undefined || (effects !== null && other === undefined))
        return { kind: 'refused', reason: 'not-here' }
      const found = yearlyRates(one, other ?? null)
      if (found.kind === 'refused') return found
      return {
        kind: 'rates',
        rows: found.rows.map(({ axis, level, from, years }) => ({
          axis: axis === null ? null : { variable: axis.variable, edges: [...axis.edges] },
          level,
          from,
          years: years.map((each) => ({ ...each })),
        })),
      }
    },
    rules: async () => (await book().rules()).map(rulesViewOf),
    async saveRules(rules) {
      if (rules.allowed.some(({ factor }) => rules.forbidden.some((each) => isSame(each.factor, factor))))
        return { kind: 'refused', reason: 'both' }
      const by = rules.communityRating?.by ?? null
      if (by !== null && !rules.allowed.some(({ factor }) => factor === by))
        return { kind: 'refused', reason: 'community-by' }
      const { name } = leaseOf(context).session.person
      const added = await book().addRules((all) => {
        const before = newestRules(all, rules)
        const version = (before?.version ?? 0) + 1
        if (before !== null && textOf(before.rules) === textOf(rules)) return null
        const text = `consilium/factor-rules/1 ${version} ${textOf(rules)}`
        const hash = toHex(world.crypto.sha256(utf8Encode(text)))
        return { format: 1, hash, version, rules, by: name, at: world.now() }
      })
      if (added === null) return { kind: 'refused', reason: 'unchanged' }
      nameSubject({ rules: added.hash })
      return { kind: 'saved', hash: added.hash, version: added.version }
    },
  }

  /** The work's own tariff, without its steps: pure premium against pure premium. */
  async function championOf(
    work: PricingWork,
    ready: Prepared,
  ): Promise<{ champion: ReturnType<typeof encodeRating>; process: CostProcess | null }> {
    const { model } = work
    const adjustments = [...work.adjustments, ...(ready.community ?? [])]
    const document = await pricer.call('make', {
      header: {
        name: 'champion',
        version: 1,
        product: work.product,
        jurisdiction: work.jurisdiction,
        currency: 'XXX',
        validFrom: '2000-01-01',
        previous: null,
        snapshot: ready.result.snapshot,
        cohort: ready.result.cohort,
      },
      recipe: { edition: FIT_EDITION, model, adjustments, steps: [], withProcess: true },
      table: ready.cells.table,
    })
    const { process } = document
    return {
      champion: document.rating as ReturnType<typeof encodeRating>,
      process: process && { dispersion: Number(process.dispersion), power: Number(process.power) },
    }
  }
}

function answerOf(work: PricingWork, { cells, rules }: Prepared, priced: PricedProduct): PricedAnswer {
  const { table, withheld } = cells
  const { rates, ...rest } = priced
  const beyond = refusalsOf(ratiosOf(priced.tariff.factors), rules).filter(({ reason }) => reason === 'ratio')
  return {
    kind: 'priced',
    work,
    cells: {
      count: table.exposure.length,
      exposure: total(table.exposure),
      claims: total(table.claims),
      cost: total(table.cost),
      withheld: withheld.cells,
      withheldShare: withheld.share,
    },
    rates: rates.map(({ measure, model, base, factors }) => ({
      measure,
      ...(plain({
        family: model.family,
        dispersion: model.dispersion,
        pearson: model.pearson,
        devianceExplained: devianceExplained(model),
        parameter: model.parameter,
        cellsUsed: model.cellsUsed,
        parameters: model.parameters,
        cellsLeftOut: model.cellsLeftOut,
        converged: model.converged,
        base,
        factors,
      }) as Omit<PricedAnswer['rates'][number], 'measure'>),
    })),
    ...(plain(rest) as Omit<PricedAnswer, 'kind' | 'work' | 'cells' | 'rates' | 'warnings' | 'ratios'>),
    warnings: [...warningsOf(work.model.factors, rules, table)],
    ratios: beyond.map(({ factor, detail }) => ({ factor, detail })),
  }
}

/** Of money that sums do not lose digits of. */
const isAmount = (value: number): boolean => value >= 0 && value <= Number.MAX_SAFE_INTEGER

/** A refused factor is in the audit, whoever tried it. */
export function nameRefused(problem: PricingProblem): void {
  if (problem.kind !== 'factors') return
  nameSubject({
    refusedFactors: problem.refusals
      // Of other letters an entry of the audit would take nothing.
      .map(({ factor, reason }) => `${factor.replace(/[^\w.-]/gu, '_')}:${reason}`)
      .join('+')
      .slice(0, 128),
  })
}

/** The engine's word on what it was given; null for what went wrong otherwise. */
export function problemOf(error: unknown): PricingProblem | null {
  if (error instanceof PricingFailure) return engineProblem(error)
  return error instanceof WorkerFailure && error.detail.code !== 'worker-ended' ? engineProblem(error) : null
}

const rulesViewOf = ({ rules, hash, version, by, at }: KeptRules): RulesView => ({
  ...rules,
  hash,
  version,
  by,
  at,
})

const textOf = (rules: KeptRules['rules']): string =>
  canonicalJson(
    JSON.parse(JSON.stringify(rules), (_, value: unknown) =>
      typeof value === 'number' ? String(value) : value,
    ) as CanonicalValue,
  )
