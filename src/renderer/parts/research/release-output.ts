/** Figures, tables and texts on their way out: what is asked of the node, which marks, writes and notes it. */
import { notifications } from '@mantine/notifications'
import type { ReleaseOutput } from '../../../shared/contract/releases.ts'
import type { StudyDocument } from '../../../shared/domain/study.ts'
import { node } from '../../lib/node.ts'
import { localeNow, wordsNow } from '../../words/catalogue.ts'
import { figureSvg, type Figure } from './figure.ts'
import { tableCells, tableCsv, tableHtml, tableText, type PaperTable } from './paper-table.ts'

export type Releasable =
  | { readonly kind: 'figure'; readonly name: string; readonly figure: Figure }
  | { readonly kind: 'table'; readonly name: string; readonly table: PaperTable }
  | { readonly kind: 'text'; readonly name: string; readonly text: string }
  | { readonly kind: 'study'; readonly name: string; readonly study: StudyDocument }

/** Whose numbers they are: of a job on the own records, or of an answer of the gateways. Null for neither. */
export type ReleaseOf =
  | { readonly jobId: string; readonly studyHash?: undefined }
  | { readonly jobId: null; readonly studyHash: string }
  | null

export type ReleaseForm = 'svg' | 'png' | 'csv' | 'xlsx' | 'html' | 'text' | 'json' | 'copy'

export const FORMS: Readonly<Record<Releasable['kind'], readonly ReleaseForm[]>> = {
  figure: ['svg', 'png'],
  table: ['csv', 'xlsx', 'html', 'copy'],
  text: ['text', 'copy'],
  study: ['json'],
}

/** Points of a PNG for each of the figure: sharp in print. */
const PNG_SCALE = 3

/** Tells how it went; nothing when the person closed the dialog. */
export async function releaseAs(what: Releasable, form: ReleaseForm, of: ReleaseOf): Promise<void> {
  const t = wordsNow().question
  const locale = localeNow()
  const output = await outputOf(what, form, of)
  if (output === null) {
    notifications.show({ color: 'red', message: t.notReleased['no-such-result'] })
    return
  }
  const answer =
    form === 'copy'
      ? await node.releases.copy({ ...sourceOf(of), locale, output })
      : await node.releases.save({ ...sourceOf(of), locale, output })
  switch (answer.kind) {
    case 'saved':
      return void notifications.show({ message: t.released(answer.path) })
    case 'copied':
      return void notifications.show({ message: t.copied })
    case 'refused':
      return void notifications.show({ color: 'red', message: t.notReleased[answer.reason] })
    case 'cancelled':
  }
}

const sourceOf = (of: ReleaseOf): { jobId: string | null; studyHash?: string } => of ?? { jobId: null }

/** Null where the result is no longer there. */
async function outputOf(what: Releasable, form: ReleaseForm, of: ReleaseOf): Promise<ReleaseOutput | null> {
  const { kind, name } = what
  switch (kind) {
    case 'table': {
      const { table } = what
      if (form === 'csv') return { kind, as: 'csv', name, content: tableCsv(table) }
      if (form === 'xlsx') return { kind, as: 'xlsx', name, content: JSON.stringify(tableCells(table)) }
      if (form === 'html') return { kind, as: 'html', name, content: tableHtml(table) }
      return { kind, as: 'text', name, content: tableText(table) }
    }
    case 'text':
      return { kind, as: 'text', name, content: what.text }
    case 'study':
      return { kind, as: 'json', name, content: JSON.stringify(what.study) }
    case 'figure': {
      const { line } = await node.releases.mark({ ...sourceOf(of), locale: localeNow() })
      if (line === null) return null
      const svg = figureSvg(what.figure, line)
      return form === 'png'
        ? { kind, as: 'png', name, content: await pngOf(svg) }
        : { kind, as: 'svg', name, content: svg }
    }
  }
}

/** The same picture in points, base64. */
async function pngOf(svg: string): Promise<string> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth * PNG_SCALE
  canvas.height = image.naturalHeight * PNG_SCALE
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '')
}
