/**
 * The one way out of the workbench (DESIGN 5): every file and every copy of a figure, a table, a text or a study passes here, is named in
 * the audit and carries its mark. Whoever adds a way beside it meets `release.test.ts`.
 */
import { z } from 'zod'
import type { ReleaseOutput } from '../../shared/contract/releases.ts'
import {
  isMarkable,
  marked,
  markLine,
  type MarkLocale,
  type ReleaseSource,
} from '../../shared/domain/release-mark.ts'
import { studyDocument } from '../../shared/domain/study.ts'
import { utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { nameSubject } from './audit-subject.ts'
import { markedPng } from './png-mark.ts'
import { workbook } from './xlsx.ts'

type Output =
  | ReleaseOutput
  /** Of a model that was fitted to a table of one's own: no record of this institution is in it. */
  | { readonly kind: 'fit'; readonly as: 'json'; readonly content: string }
  /** The document says itself what it was made from, and the printed page carries its mark. */
  | { readonly kind: 'tariff'; readonly as: 'json'; readonly content: string }
  | { readonly kind: 'tariff'; readonly as: 'pdf'; readonly content: Bytes }

/**
 * What may leave; null where it has no place for its mark. The audit is told what, as what and of which study; the door writes the
 * entry (`rights.ts`: every caller is an export).
 */
export function release(output: Output, source: ReleaseSource, locale: MarkLocale): Bytes | null {
  nameSubject({
    released: `${output.kind}.${output.as}`,
    ...(source.study === null ? {} : { study: source.study }),
  })
  const line = markLine(source, locale)
  switch (output.as) {
    case 'png':
      return markedPng(new Uint8Array(Buffer.from(output.content, 'base64')), line)
    case 'json':
      return output.kind === 'study' ? studyFile(output.content) : utf8Encode(output.content)
    case 'pdf':
      return output.content
    case 'xlsx':
      return markedWorkbook(output.name, output.content, line)
    default:
      return isMarkable(output.content, output.as)
        ? utf8Encode(marked(output.content, output.as, line))
        : null
  }
}

/** What `consilium study intervals` and the window write of a study's rows. */
export interface ReleasedRows {
  readonly mark: string
  readonly files: readonly { readonly name: string; readonly content: string }[]
}

/** Rows of persons by number, and their models as `fit` takes them. A mark in them would be a row itself, so it goes beside. */
export function releaseRows(
  files: ReleasedRows['files'],
  source: ReleaseSource & { readonly study: string },
  locale: MarkLocale,
): ReleasedRows {
  nameSubject({ released: 'intervals.csv', study: source.study })
  return { mark: markLine(source, locale), files }
}

/** Cells of one sheet as JSON, with the mark on a line of its own below them. */
function markedWorkbook(name: string, content: string, line: string): Bytes | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(content)
  } catch {
    return null
  }
  const cells = z.array(z.array(z.union([z.string(), z.number()]))).safeParse(parsed)
  return cells.success ? workbook([{ name, rows: [...cells.data, [], [line]] }]) : null
}

/** A study and nothing else: what carries no mark is read and written anew. */
function studyFile(content: string): Bytes | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(content)
  } catch {
    return null
  }
  const study = studyDocument.safeParse(parsed)
  return study.success ? utf8Encode(`${JSON.stringify(study.data, null, 2)}\n`) : null
}
