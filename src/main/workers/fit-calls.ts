/** What the fitting thread is asked, and what it tells. */
import type { CsvColumns } from '../stats/model/csv-columns.ts'
import type { ModelSpec } from '../stats/model/model-spec.ts'
import type { PaperDesign } from '../../shared/domain/paper-design.ts'
import { Failure } from '../../shared/std/failure.ts'

export type TableSource =
  | { kind: 'csv'; bytes: Uint8Array }
  | { kind: 'columns'; columns: CsvColumns }
  /** Read on the thread, which keeps the last file's columns for the fits that follow. */
  | { kind: 'file'; path: string }

export interface FitOrder {
  table: TableSource
  model: ModelSpec
  /** Keys of the model file that mean nothing: they end as warnings. */
  unknown: readonly string[]
  /** Threads that share the work of a Cox model; the result does not depend on it. */
  threads: number
  /** One shared word: not 0 = stop at the next pass. */
  cancel: Int32Array
}

export interface ColumnDescription {
  name: string
  /** `empty`: nothing but missing values. */
  kind: 'number' | 'text' | 'mixed' | 'empty'
  missing: number
}

export interface TableDescription {
  bytes: number
  rowCount: number
  columns: ColumnDescription[]
}

/** A table larger than this is a matter for the command line, which gives a fit the whole machine. */
export const LARGEST_TABLE_BYTES = 256 << 20

export type TableFileDetail =
  { code: 'unreadable-data'; reason: string } | { code: 'table-too-large'; bytes: number; most: number }
/** The file with the table could not be taken. */
export class TableFileFailure extends Failure<TableFileDetail> {}

export type FitterCalls = {
  describe: { input: { path: string }; output: TableDescription }
  /** The result's line (`stats/model/result-line.ts`): as text, so that a long curve costs the waiting thread nothing. */
  fit: { input: FitOrder; output: string }
  /** The simulation of the built-in study; its canonical text. `cancel` as of a fit. */
  simulate: { input: { design: PaperDesign; cancel: Int32Array }; output: string }
}

export type FitNews = {
  pass: { input: number; output: void }
  /** Simulated cohorts, of all. */
  simulated: { input: { done: number; total: number }; output: void }
}
