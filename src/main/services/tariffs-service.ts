/** Versions of tariffs: made and kept, approved by a second person, made again, compared, and applied to a group's census. */
import type { Handlers } from '../../shared/contract/kit.ts'
import type {
  CheckedTariff,
  OpenedTariff,
  TariffRow,
  tariffs as tariffsContract,
} from '../../shared/contract/tariffs.ts'
import {
  engineProblem,
  isSame,
  newestRules,
  plain,
  preparePricing,
  ratiosOf,
  refusalsOf,
  warningsOf,
  cellsOf,
} from '../insurer/prepare-pricing.ts'
import type { ReleaseSource } from '../../shared/domain/release-mark.ts'
import type { PricingSources } from '../insurer/pricing-sources.ts'
import { type KeptTariff, tariffBook, type TariffBook } from '../insurer/tariff-book.ts'
import { PricingFailure } from '../pricing/failure.ts'
import { blendByClaims, COST_VARIATION, fullCredibility } from '../pricing/model/credibility.ts'
import { priceGroup } from '../pricing/model/price-group.ts'
import { relativityTable } from '../pricing/model/relativities.ts'
import { compareTariffs } from '../pricing/tariff/compare.ts'
import { basisOf, decodeRating, tariffHash, tariffText } from '../pricing/tariff/document.ts'
import { FIT_EDITION, type Replay } from '../pricing/tariff/make-tariff.ts'
import { readCensus } from '../pricing/tariff/read-census.ts'
import {
  decodeTable,
  encodeTable,
  openTariffFile,
  TARIFF_FILE_FORMAT,
  tariffFileText,
} from '../pricing/tariff/tariff-file.ts'
import type { Pricer } from '../workers/pricing.ts'
import { nameBasis, nameSubject } from './audit-subject.ts'
import { leaseOf, nodeOf, profileOf, type ServiceContext } from './context.ts'
import { civilDateIn } from './facility-time.ts'
import { nameRefused, problemOf } from './pricing-service.ts'
import { present } from '../../shared/std/assert.ts'

type Service = Handlers<typeof tariffsContract>
/** Without what needs a desktop. */
export interface TariffsCore extends Omit<Service, 'save' | 'chooseAndCheck'> {
  /** The file's text; null for an unknown tariff. */
  fileOf(
    hash: string,
  ): Promise<{ readonly text: string; readonly name: string; readonly source: ReleaseSource } | null>
}

const saidOf = (replay: Replay) =>
  replay.kind === 'different'
    ? { kind: replay.kind, binds: [...replay.binds], paths: [...replay.paths] }
    : replay

/** A group's cost counts as fully credible from so many claims on. */
const FULL_CREDIBILITY = fullCredibility(COST_VARIATION)

export function createTariffsCore(
  context: ServiceContext,
  sources: PricingSources,
  pricer: Pricer,
): TariffsCore {
  const { world } = context
  const book = (): TariffBook => tariffBook(world, nodeOf(context))
  const me = (): { personId: string; name: string } => {
    const { personId, name } = leaseOf(context).session.person
    return { personId, name }
  }
  const today = (): string => civilDateIn(profileOf(context).facts.zone, world.now())

  async function rowOf(kept: KeptTariff, all: readonly KeptTariff[]): Promise<TariffRow> {
    const { document, made, decided } = kept
    return {
      hash: kept.hash,
      name: document.name,
      version: document.version,
      product: document.product,
      jurisdiction: document.jurisdiction,
      currency: document.currency,
      validFrom: document.validFrom,
      previous: document.previous,
      state: decided === null ? 'waiting' : decided.verdict === 'approve' ? 'approved' : 'refused',
      madeBy: made.name,
      madeAt: made.at,
      isOwn: made.personId === me().personId,
      decided: decided === null ? null : { by: decided.name, at: decided.at, reason: decided.reason },
      isCurrent: currentOf(all, kept, today())?.hash === kept.hash,
    }
  }

  async function markOf(study: string): Promise<OpenedTariff['mark']> {
    const { institutionName: institution, isSynthetic } = profileOf(context).facts
    const answer = await sources.markOf(study)
    return {
      institution,
      study,
      upTo: null,
      ...(isSynthetic ? { isDemonstration: true } : {}),
      ...(answer === null ? {} : { answer }),
    }
  }

  /** By the newest list of its product and jurisdiction. */
  async function isPermitted({ document, results, recipe }: KeptTariff): Promise<boolean> {
    const rules = newestRules(await book().rules(), document)
    const table = present(decodeTable(results), 'what is kept is a table')
    const { rating } = document
    const used = [
      ...recipe.model.factors.map((factor) => ({ factor, ratio: 1 })),
      ...(rating.kind === 'table'
        ? ratiosOf(relativityTable(decodeRating(rating), table, 'pure-premium'))
        : []),
    ]
    return rules !== null && refusalsOf(used, rules).length === 0
  }

  return {
    async list() {
      const all = await book().tariffs()
      return Promise.all(all.map((kept) => rowOf(kept, all)))
    },
    async open({ hash }) {
      const all = await book().tariffs()
      const kept = all.find((each) => each.hash === hash)
      if (kept === undefined) return null
      const { document, source, rules, warnings, work } = kept
      const { rating } = document
      const table = present(decodeTable(kept.results), 'what is kept is a table')
      const exposures =
        rating.kind === 'table' ? relativityTable(decodeRating(rating), table, 'pure-premium') : []
      return {
        row: await rowOf(kept, all),
        base: rating.kind === 'table' ? Number(rating.base) : 0,
        factors:
          rating.kind !== 'table'
            ? []
            : rating.factors.map(({ name, isOrdered, levels }, f) => ({
                name,
                isOrdered,
                levels: levels.map(({ level, relativity }, k) => ({
                  level,
                  relativity: relativity === null ? null : Number(relativity),
                  exposure: exposures[f]?.rows[k]?.exposure ?? 0,
                  isInTable: exposures[f]?.rows[k]?.isInTable ?? false,
                })),
              })),
        steps: work.steps,
        offBalance: Number(document.offBalance),
        audit: document.audit.map(({ before, after, ...entry }) => ({
          ...entry,
          before: before === null ? null : Number(before),
          after: after === null ? null : Number(after),
        })),
        binds: document.binds,
        mark: await markOf(source.studyHash),
        source: { ...source, costMost: source.costMost ?? null },
        rules,
        warnings,
        work,
      }
    },
    async make({ work, header, previous }) {
      nameSubject({ study: work.source.studyHash })
      const ready = await preparePricing(book(), sources, world.crypto, work, (at) =>
        civilDateIn(profileOf(context).facts.zone, at),
      )
      if (ready.kind === 'not-priced') {
        nameRefused(ready.problem)
        return ready
      }
      const { result, cells, rules } = ready
      const all = await book().tariffs()
      const same = all.filter(
        ({ document }) =>
          isSame(document.product, work.product) && isSame(document.jurisdiction, work.jurisdiction),
      )
      const { model, steps } = work
      const adjustments = [...work.adjustments, ...(ready.community ?? [])]
      const recipe = { edition: FIT_EDITION, model, adjustments, steps, withProcess: true }
      const version = same.reduce((most, { document }) => Math.max(most, document.version), 0) + 1
      try {
        const document = await pricer.call('make', {
          header: {
            ...header,
            version,
            product: work.product,
            jurisdiction: work.jurisdiction,
            previous: same.some(({ hash }) => hash === previous) ? previous : null,
            snapshot: result.snapshot,
            cohort: result.cohort,
          },
          recipe,
          table: cells.table,
        })
        const rating = document.rating.kind === 'table' ? decodeRating(document.rating) : null
        const refusals = refusalsOf(
          rating === null ? [] : ratiosOf(relativityTable(rating, cells.table, 'pure-premium')),
          rules,
        )
        if (refusals.length > 0) {
          const problem = { kind: 'factors' as const, refusals: [...refusals] }
          nameRefused(problem)
          return { kind: 'not-priced', problem }
        }
        // The same but for its number and what it follows: nothing new was made.
        const twin = same.find((each) => isTwin(each.document, document))
        if (twin !== undefined) return { kind: 'known', hash: twin.hash }
        const hash = tariffHash(world.crypto, document)
        await book().change(hash, (before) => ({
          ...(before ?? {
            format: 1,
            hash,
            document,
            recipe,
            results: encodeTable(cells.table),
            source: {
              ...work.source,
              resultHash: result.resultHash,
              from: result.from,
              to: result.to,
              costMost: result.costMost,
            },
            work,
            rules: { hash: rules.hash, version: rules.version },
            warnings: [...warningsOf(model.factors, rules, cells.table)],
            made: { ...me(), at: world.now() },
            decided: null,
          }),
        }))
        nameSubject({ tariff: hash })
        context.emit('tariffs', 'changed', {})
        return { kind: 'made', hash }
      } catch (error) {
        const problem = problemOf(error)
        if (problem === null) throw error
        return { kind: 'not-priced', problem }
      }
    },
    async decide({ hash, verdict, reason }) {
      nameSubject({ tariff: hash, verdict })
      const kept = await book().tariff(hash)
      if (kept === null) return { kind: 'refused', reason: 'unknown' }
      const person = me()
      // Four eyes: whoever made it does not decide on it, neither way.
      if (kept.made.personId === person.personId) return { kind: 'refused', reason: 'own-tariff' }
      if (verdict === 'approve') {
        const replay = await pricer.call('replay', {
          document: kept.document,
          recipe: kept.recipe,
          table: present(decodeTable(kept.results), 'what is kept is a table'),
        })
        if (replay.kind === 'other-edition') return { kind: 'refused', reason: 'other-edition' }
        if (replay.kind !== 'identical') return { kind: 'refused', reason: 'does-not-replay' }
        // The list may have changed since it was made.
        if (!(await isPermitted(kept))) return { kind: 'refused', reason: 'not-permitted' }
      }
      let isFirst = false
      const after = await book().change(hash, (before) => {
        if (before === null || before.decided !== null) return before
        isFirst = true
        return { ...before, decided: { ...person, at: world.now(), verdict, reason } }
      })
      if (after === null || !isFirst) return { kind: 'refused', reason: 'not-waiting' }
      context.emit('tariffs', 'changed', {})
      return { kind: 'decided', row: await rowOf(after, await book().tariffs()) }
    },
    async compare({ before, after }) {
      const [old, now] = [await book().tariff(before), await book().tariff(after)]
      if (old === null || now === null) return null
      const portfolio = decodeTable(now.results)
      const names = portfolio?.factors.map(({ name }) => name) ?? []
      const isPriced = [old, now].every(
        ({ document: { rating } }) =>
          rating.kind === 'table' && rating.factors.every(({ name }) => names.includes(name)),
      )
      const { paths: _, ...compared } = compareTariffs(
        old.document,
        now.document,
        isPriced ? portfolio : null,
      )
      return plain(compared) as NonNullable<Awaited<ReturnType<Service['compare']>>>
    },
    async replay({ hash }) {
      const kept = await book().tariff(hash)
      if (kept === null) return { kind: 'gone' }
      const found = await cellsOf(sources, kept.source, kept.recipe.model.factors)
      if (found.kind === 'not-priced') return { kind: 'gone' }
      const { document, recipe } = kept
      const replay = await pricer.call('replay', { document, recipe, table: found.cells.table })
      return saidOf(replay)
    },
    async priceGroup({ hash, census, fixed, own }) {
      const kept = await book().tariff(hash)
      const basis = kept === null ? null : basisOf(kept.document)
      if (kept === null || basis === null) return { kind: 'not-priced', problem: { kind: 'no-such-result' } }
      if (kept.decided?.verdict !== 'approve')
        return { kind: 'not-priced', problem: { kind: 'not-approved' } }
      nameSubject({ tariff: hash })
      if (own?.byHand != null) {
        // As text: of numbers an entry of the audit takes whole ones alone.
        nameSubject({ credibility: String(own.byHand.factor) })
        nameBasis({ kind: 'by-hand', reason: own.byHand.reason })
      }
      const { factors } = basis.rating
      const read = readCensus(census, factors, fixed)
      if (read.kind === 'refused')
        return { ...read, kind: 'census', errors: read.errors.map((each) => ({ ...each })) }
      try {
        const blend = own === null ? null : ownOf(own)
        const priced = priceGroup(read.rows, { ...basis, own: blend })
        return {
          kind: 'priced',
          ...(plain({
            exposure: priced.exposure,
            manual: priced.manual,
            blended: priced.blended,
            credibility: blend?.factor ?? null,
            fullCredibility: own === null || own.byHand !== null ? null : FULL_CREDIBILITY,
            buildUp: priced.buildUp,
            gross: priced.gross,
            grossTotal: priced.grossTotal,
            interval: priced.interval,
            cost: priced.cost,
          }) as Omit<GroupPriced, 'kind' | 'rows' | 'currency'>),
          currency: kept.document.currency,
          rows: priced.rows.map((row, i) => ({
            line: read.lines[i]!,
            levels: factors.map(({ name }) => read.rows[i]!.levels[name]!),
            exposure: read.rows[i]!.exposure,
            ...row,
          })),
        }
      } catch (error) {
        if (!(error instanceof PricingFailure)) throw error
        return { kind: 'not-priced', problem: engineProblem(error) }
      }
    },
    async check({ file, text }): Promise<CheckedTariff> {
      const opened = openTariffFile(text)
      if (opened.kind === 'refused') return { ...opened, file }
      const { document, recipe, source, proof } = opened.file
      const recorded =
        proof === null
          ? null
          : await sources.proven(
              source.studyHash,
              new Uint8Array(Buffer.from(proof.document, 'base64')),
              new Uint8Array(Buffer.from(proof.answer, 'base64')),
              opened.table.factors.find(({ name }) => name === 'ageBand')?.levels ?? [],
            )
      try {
        const found = await pricer.call('recompute', {
          document,
          recipe,
          source,
          table: opened.table,
          recorded,
        })
        nameSubject({ tariff: found.hash })
        const { replay } = found
        return {
          kind: 'checked',
          file,
          hash: found.hash,
          name: document.name,
          version: document.version,
          replay: saidOf(replay),
          recorded: found.recorded,
        }
      } catch (error) {
        if (problemOf(error) === null) throw error
        return { kind: 'refused', file, reason: 'engine', path: '' }
      }
    },
    async fileOf(hash) {
      const kept = await book().tariff(hash)
      if (kept === null) return null
      const { document, recipe, source, results } = kept
      const proof = await sources.proofOf(source.studyHash)
      const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
      const text = tariffFileText({
        format: TARIFF_FILE_FORMAT,
        document,
        recipe,
        source,
        results,
        proof: proof && { document: base64(proof.document), answer: base64(proof.answer) },
      })
      return {
        text,
        name: `${document.name} v${document.version}`,
        source: await markOf(source.studyHash),
      }
    },
  }
}

type GroupPriced = Extract<Awaited<ReturnType<Service['priceGroup']>>, { kind: 'priced' }>

/** The group's own rate with its factor: by its number of claims, unless somebody said another and why. */
function ownOf(own: NonNullable<Parameters<Service['priceGroup']>[0]['own']>): {
  rate: number
  factor: number
  memberYears: number
} {
  const { memberYears } = own
  const rate = own.cost / memberYears
  const factor = own.byHand?.factor ?? blendByClaims(own.claims, rate, rate, FULL_CREDIBILITY).factor
  return { rate, factor, memberYears }
}

/** The newest approved version that holds on a day. */
function currentOf(
  all: readonly KeptTariff[],
  { document: { product, jurisdiction } }: KeptTariff,
  day: string,
): KeptTariff | null {
  return all.reduce<KeptTariff | null>((best, each) => {
    const { document, decided } = each
    const isCandidate =
      decided?.verdict === 'approve' &&
      document.validFrom <= day &&
      isSame(document.product, product) &&
      isSame(document.jurisdiction, jurisdiction)
    if (!isCandidate) return best
    if (best === null) return each
    const order = document.validFrom.localeCompare(best.document.validFrom, 'en')
    return order > 0 || (order === 0 && document.version > best.document.version) ? each : best
  }, null)
}

function isTwin(a: KeptTariff['document'], b: KeptTariff['document']): boolean {
  const text = (document: KeptTariff['document']): string =>
    tariffText({ ...document, version: 1, previous: null })
  return text(a) === text(b)
}
