/** The table that a study's models are fitted to, with the models as `fit` takes them: to fit elsewhere what was fitted here. */
import { isOfPersons, isPooled } from '../../../shared/domain/study.ts'
import { csvOfRows } from '../intervals/csv-of-rows.ts'
import { derivedColumns, personRows, wholeRows } from '../intervals/interval-table.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { prepareStudy, type AskedStudy, type StudyControl } from './prepare-study.ts'
import { specOf } from '../models/study-spec.ts'

export interface IntervalsOut {
  /** Rows of persons by number, without a key of anybody; with the offset of rates where a model is of those. */
  readonly csv: string
  /** Of pooled models, where pieces were cut short: only the whole ones; null where none differs. */
  readonly wholeCsv: string | null
  /** One row for each person, where a model is of those. */
  readonly personsCsv: string | null
  /** Model files, in the order of the study. */
  readonly models: readonly {
    readonly spec: object
    readonly isOfWhole: boolean
    readonly isOfPersons: boolean
  }[]
}

/** @throws {StatsFailure} `cancelled` */
export async function intervalsOut(
  warehouse: Warehouse,
  asked: AskedStudy,
  control: StudyControl,
): Promise<IntervalsOut> {
  const { rows } = await prepareStudy(warehouse, asked, control)
  const whole = wholeRows(rows)
  const differs = whole !== rows && asked.study.models.some(({ family }) => isPooled(family))
  return {
    csv: csvOfRows(rows, [...new Set(asked.study.models.flatMap(derivedColumns))]),
    wholeCsv: differs ? csvOfRows(whole) : null,
    personsCsv: asked.study.models.some(({ family }) => isOfPersons(family))
      ? csvOfRows(personRows(rows))
      : null,
    models: asked.study.models.map((model) => ({
      // No key of a model file: whoever fits elsewhere is told by `fit` that it leaves these rows out.
      spec: {
        ...specOf(model, rows),
        ...(model.imputation === undefined ? {} : { imputation: model.imputation }),
      },
      isOfWhole: differs && isPooled(model.family),
      isOfPersons: isOfPersons(model.family),
    })),
  }
}
