/**
 * The one way out of the workbench (DESIGN 5): every file and every copy of a figure, a table, a text or a study passes here, is named in
 * the audit and carries its mark. Whoever adds a way beside it meets `release.test.ts`.
 */
import { resolve } from 'node:path'
import type { ReleaseOutput } from '../../shared/contract/releases.ts'
import {
  isMarkable,
  marked,
  markLine,
  type MarkLocale,
  type ReleaseSource,
} from '../../shared/domain/release-mark.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import type { Desktop, FilePurpose } from '../desktop.ts'
import { nameSubject } from './audit-subject.ts'
import { plainFileName, saveSmallFile } from './files.ts'
import { markedPng } from './png-mark.ts'

export type Output =
  | ReleaseOutput
  /** A question, and a model of a table of one's own: no number of a record is in them, so they carry no mark. */
  | { readonly kind: 'study' | 'fit'; readonly as: 'json'; readonly name: string; readonly content: string }

type ReleaseWay = 'file' | 'clipboard'

type Released =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'copied' }
  | { readonly kind: 'saved'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: 'not-writable' | 'not-markable' }

const PURPOSES = {
  figure: 'figure',
  table: 'paper-table',
  text: 'text',
  study: 'study',
  fit: 'result',
} as const satisfies Record<Output['kind'], FilePurpose>

/** Its name in the audit is what, as what, and of which study; the door writes the entry (`rights.ts`: every caller is an export). */
export async function release(
  desktop: Pick<Desktop, 'chooseSavePath' | 'copyText'>,
  output: Output,
  source: ReleaseSource,
  { way, locale }: { way: ReleaseWay; locale: MarkLocale },
): Promise<Released> {
  nameSubject({
    released: `${output.kind}.${output.as}`,
    ...(source.study === null ? {} : { study: source.study }),
  })
  const bytes = markedBytes(output, markLine(source, locale))
  if (bytes === null) return { kind: 'refused', reason: 'not-markable' }
  if (way === 'clipboard') {
    desktop.copyText(utf8Decode(bytes), false)
    return { kind: 'copied' }
  }
  const path = await desktop.chooseSavePath({
    purpose: PURPOSES[output.kind],
    defaultName: `${plainFileName(output.name)}.${output.as === 'text' ? 'txt' : output.as}`,
  })
  if (path === null) return { kind: 'cancelled' }
  const isSaved = await saveSmallFile(resolve(path), bytes)
  return isSaved ? { kind: 'saved', path } : { kind: 'refused', reason: 'not-writable' }
}

/** Null where the content has no place for the mark. */
function markedBytes(output: Output, line: string): Bytes | null {
  const { as, content } = output
  if (as === 'json') return utf8Encode(content)
  if (as === 'png') return markedPng(new Uint8Array(Buffer.from(content, 'base64')), line)
  return isMarkable(content, as) ? utf8Encode(marked(content, as, line)) : null
}
