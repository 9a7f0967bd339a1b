/** What stands on everything that leaves the workbench: whose numbers these are, of which study, and that no rule has looked at them yet. Pure. */
import { unreachable } from '../std/unreachable.ts'

/** Where an output comes from. */
export interface ReleaseSource {
  readonly institution: string
  /** Hash of the study; null for what belongs to none. */
  readonly study: string | null
  /** The last block that was asked. */
  readonly upTo: number | null
  /** Of the synthetic twin: invented people. */
  readonly isTwin?: boolean
}

type MarkedFormat = 'svg' | 'csv' | 'html' | 'text'
export type MarkLocale = 'en' | 'zh-Hant'

/** One sentence, the same for the same source. */
export function markLine({ institution, study, upTo, isTwin }: ReleaseSource, locale: MarkLocale): string {
  const short = study === null ? null : `${study.slice(0, 8)}…${study.slice(-8)}`
  if (locale === 'en') {
    const of = short === null ? '' : ` Study ${short}${upTo === null ? '' : `, records up to block ${upTo}`}.`
    if (isTwin === true) return `Synthetic twin: invented people, no result about anybody.${of}`
    return `For use within ${institution} only: numbers of its own records, not yet looked at by the release rules.${of}`
  }
  const of = short === null ? '' : `研究 ${short}${upTo === null ? '' : `，紀錄截至區塊 ${upTo}`}。`
  if (isTwin === true) return `合成資料：虛構的病人，並非任何人的結果。${of}`
  return `僅限${institution}內部使用：數值取自本院紀錄，尚未經釋出規則審核。${of}`
}

/** The content with its mark in it, as the format allows. */
export function marked(content: string, as: MarkedFormat, line: string): string {
  switch (as) {
    case 'svg':
      return content.replace(/^<svg[^>]*>/, (opening) => `${opening}<metadata>${escaped(line)}</metadata>`)
    case 'html':
      return content.replace(/<\/body>/, () => `<p class="mark">${escaped(line)}</p></body>`)
    case 'csv':
      return `${content}"# ${line.replace(/"/g, '""')}"\r\n`
    case 'text':
      return `${content.replace(/\n*$/, '')}\n\n${line}\n`
    default:
      return unreachable(as)
  }
}

/** Whether the content is what it says it is, as far as the mark needs: without its place there would be no mark. */
export function isMarkable(content: string, as: MarkedFormat): boolean {
  switch (as) {
    case 'svg':
      return /^<svg[^>]*>/.test(content) && !/<script|<foreignObject|\son[a-z]+=/i.test(content)
    case 'html':
      return content.includes('</body>') && !/<script|\son[a-z]+=/i.test(content)
    case 'csv':
    case 'text':
      return true
    default:
      return unreachable(as)
  }
}

export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)
