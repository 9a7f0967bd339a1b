/**
 * Runs a study on a warehouse: cohort, cleaning, intervals, models, in the order in which they stand. The same study at the same state of a
 * chain gives the same text, whoever runs it and however the facts were loaded (docs/spec/study.md).
 */
import { changesWithTime } from '../../../shared/domain/intervals.ts'
import {
  isCurve,
  warningsOfStudy,
  type StudyModel,
  type StudySnapshot,
} from '../../../shared/domain/study.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { fitModel, STATS_PROFILE } from '../../stats/model/fit-model.ts'
import { FACTS_LAYOUT } from '../facts/fact-tables.ts'
import type { CsvColumns } from '../../stats/model/csv-columns.ts'
import { columnsOfRows, derivedColumns, rowsFor } from '../intervals/interval-table.ts'
import type { Snapshot, SnapshotChanges, Warehouse } from '../warehouse/warehouse.ts'
import { baselineOf } from './baseline.ts'
import {
  prepareStudy,
  scopeOf,
  type AskedStudy,
  type PreparedStudy,
  type SamePerson,
  type StudyControl,
} from './prepare-study.ts'
import { groupCountOf, readinessOf } from './readiness.ts'
import { resultText } from './result-text.ts'
import { fitImputed } from '../models/fit-imputed.ts'
import { specOf } from '../models/study-spec.ts'

/** Whose results these are: change its number when the same study would give other bytes. */
export const STUDY_ENGINE = `study/8 ${STATS_PROFILE} facts/${FACTS_LAYOUT}`

/** Curves of one model: more of them show persons, not groups. */
export const GROUPS_MAX = 50
export interface StudyRun {
  /** The result in its canonical form. */
  readonly text: string
  readonly snapshot: Snapshot
}

/** A state against which a later one is held. */
export interface StateBefore {
  readonly snapshot: StudySnapshot
  readonly samePerson: SamePerson
}

/** Nothing is fitted: what there is to fit to, of each model. @throws {StatsFailure} `cancelled` */
export async function weighStudy(
  warehouse: Warehouse,
  asked: AskedStudy,
  control: StudyControl,
): Promise<StudyRun> {
  return answer(warehouse, asked, control, 'study-weighed/1', () => () => ({}))
}

/** @throws {StatsFailure} `cancelled` */
export async function runStudy(
  warehouse: Warehouse,
  asked: AskedStudy,
  control: StudyControl,
): Promise<StudyRun> {
  return answer(warehouse, asked, control, 'study-result/1', ({ rows }) => {
    const table = columnsOfRows(rows)
    // Made once, however many models are fitted to it.
    const tables = new Map<string, CsvColumns>()
    const tableFor = (model: StudyModel): CsvColumns => {
      const derived = derivedColumns(model)
      const key = [model.family, ...derived].join(' ')
      const known = tables.get(key)
      if (known !== undefined) return known
      const of = rowsFor(model.family, rows)
      const made = of === rows && derived.length === 0 ? table : columnsOfRows(of, derived)
      tables.set(key, made)
      return made
    }
    const fixed = new Set(
      asked.study.intervals.covariates.flatMap((each) => (changesWithTime(each) ? [] : [each.name])),
    )
    return (model) => ({
      result: resultOf(() => {
        if (isCurve(model.family) && groupCountOf(rows, model) > GROUPS_MAX)
          throw new StatsFailure({ code: 'not-supported', what: `more than ${GROUPS_MAX} groups of curves` })
        const spec = specOf(model, rows)
        if (model.imputation === undefined) return fitModel(tableFor(model), spec, control.hooks)
        return fitImputed(
          { model, spec, rows: rowsFor(model.family, rows), table: tableFor(model) },
          { settings: model.imputation, seed: asked.study.seed, fixed },
          control.hooks,
        )
      }),
    })
  })
}

async function answer(
  warehouse: Warehouse,
  asked: AskedStudy,
  control: StudyControl,
  schema: string,
  further: (prepared: PreparedStudy) => (model: StudyModel) => object,
): Promise<StudyRun> {
  const { study, hash } = asked
  const prepared = await prepareStudy(warehouse, asked, control)
  const { snapshot, attrition, cleaning, rows, report, warnings } = prepared
  const of = further(prepared)
  const models = study.models.map((model) => {
    if (control.isCancelled()) throw new StatsFailure({ code: 'cancelled' })
    return { before: readinessOf(rows, report, model), ...of(model) }
  })
  const text = resultText({
    schema,
    study: hash,
    engine: study.engine,
    snapshot: { ...study.snapshot, visits: snapshot.visitCount, persons: snapshot.personCount },
    cohort: attrition,
    cleaning,
    intervals: report,
    baseline: baselineOf(rows, study.baselineBy),
    warnings: [...warningsOfStudy(study), ...warnings],
    models,
  })
  return { text, snapshot }
}

/** What changed among the records between the state that the study names and a later one. */
export async function changesSince(
  warehouse: Warehouse,
  before: StateBefore,
  now: Snapshot,
): Promise<SnapshotChanges> {
  return warehouse.changes(await warehouse.snapshot(scopeOf(before.snapshot, before.samePerson)), now)
}

/** Data that give no honest number are an answer of the study too. */
function resultOf(fit: () => unknown): unknown {
  try {
    return fit()
  } catch (error) {
    if (!(error instanceof StatsFailure) || error.detail.code === 'cancelled') throw error
    return { noAnswer: error.detail }
  }
}
