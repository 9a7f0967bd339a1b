/** The two lists of an import as files: what was not taken, and what was taken although it is unusual. */
import type { ReasonSentences } from '../../shared/contract/batches.ts'
import type { ImportReject, ImportList } from '../../shared/contract/imports.ts'
import { issuesAsCsv } from './issues-file.ts'
import { rejectsAsCsv } from './rejects-file.ts'

export const listName = (list: ImportList | undefined): string =>
  list === 'unusual' ? 'unusual.csv' : 'rejects.csv'

export const listAsCsv = (
  rows: readonly ImportReject[],
  list: ImportList | undefined,
  sentences?: ReasonSentences,
): string =>
  list === 'unusual'
    ? issuesAsCsv(
        rows.map((each) => ({ ...each, severity: 'unusual' })),
        { unusual: sentences },
      )
    : rejectsAsCsv(rows, sentences)
