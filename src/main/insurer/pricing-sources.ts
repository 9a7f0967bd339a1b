/** Where pricing takes its numbers from: answered requests of this institution, and its own exposure file. Nothing of it opens a record. */
import type { Bytes } from '../../shared/std/bytes.ts'
import type { RecordedResult } from '../pricing/model/recorded-table.ts'
import type { ExposureRow } from '../pricing/monitor/cells.ts'

export interface ExposureFile {
  readonly hash: string
  readonly name: string
  readonly importedAt: number
  readonly months: readonly string[]
}

export interface PricingSources {
  /** Newest first; those that can be priced. */
  results(): Promise<readonly RecordedResult[]>
  exposures(): Promise<readonly ExposureFile[]>
  /** Null where the file is not here. */
  rows(hash: string): Promise<readonly ExposureRow[] | null>
  /** What proves an answer against the chain; null where its bytes are not here. */
  proofOf(studyHash: string): Promise<{ readonly document: Bytes; readonly answer: Bytes } | null>
  /** The answer of bytes that somebody brought; null unless the chain names just these for this request. */
  proven(studyHash: string, document: Bytes, answer: Bytes): Promise<RecordedResult | null>
}
