/** The table that a study's models are fitted to, with the models as `fit` takes them: to fit elsewhere what was fitted here. */
import { isPooled } from '../../../shared/domain/study.ts'
import { csvOfRows } from '../intervals/csv-of-rows.ts'
import { wholeRows } from '../intervals/interval-table.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { prepareStudy, type AskedStudy, type StudyControl, type TooManyRows } from './prepare-study.ts'
import { specOf } from '../models/study-spec.ts'

export type IntervalsOut =
  | {
      readonly kind: 'table'
      /** Rows of persons by number, without a key of anybody. */
      readonly csv: string
      /** Of pooled models, where pieces were cut short: only the whole ones; null where none differs. */
      readonly wholeCsv: string | null
      /** Model files, in the order of the study. */
      readonly models: readonly { readonly spec: object; readonly isOfWhole: boolean }[]
    }
  | TooManyRows

/** @throws {StatsFailure} `cancelled` */
export async function intervalsOut(
  warehouse: Warehouse,
  asked: AskedStudy,
  control: StudyControl,
): Promise<IntervalsOut> {
  const prepared = await prepareStudy(warehouse, asked, control)
  if (prepared.kind === 'too-many-rows') return prepared
  const { rows } = prepared
  const whole = wholeRows(rows)
  const differs = whole !== rows && asked.study.models.some(({ family }) => isPooled(family))
  return {
    kind: 'table',
    csv: csvOfRows(rows),
    wholeCsv: differs ? csvOfRows(whole) : null,
    models: asked.study.models.map((model) => ({
      spec: specOf(model, rows),
      isOfWhole: differs && isPooled(model.family),
    })),
  }
}
