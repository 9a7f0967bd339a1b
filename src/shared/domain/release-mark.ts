/**
 * What stands on everything that leaves the workbench: whose numbers these are, of which study, and that no rule has looked at them yet; of an
 * answer of the gateways, how it was protected and who attested it. Pure.
 */
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
  /** Of a table that a person brought along: nothing was read from the chain, and what the table holds is not known here. */
  readonly isOwnTable?: boolean
  /** Of cohorts that were made by a rule: nobody's numbers. */
  readonly isSimulated?: boolean
  /** Of the demonstration: every record of every member is made up. */
  readonly isDemonstration?: boolean
  /** Of an answer that gateways gave out; its numbers are not those of one institution's records. */
  readonly answer?: AnswerSource
}

export interface AnswerSource {
  /** ε at δ = 10⁻⁶ of what was charged; null by rule. */
  readonly epsilon: string | null
  readonly attested: number
  readonly gateways: number
  readonly snapshotHeight: number | null
}

type MarkedFormat = 'svg' | 'csv' | 'html' | 'text'
export type MarkLocale = 'en' | 'zh-Hant'

/** The words of the banner of the demonstration. */
export const SYNTHETIC: Readonly<Record<MarkLocale, string>> = {
  en: 'Synthetic data: none of these patients exist.',
  'zh-Hant': '模擬資料：這些病人都不是真實人物。',
}

/** A few sentences, the same for the same source. */
export function markLine(source: ReleaseSource, locale: MarkLocale): string {
  const line = sourceLine(source, locale)
  if (source.isDemonstration !== true) return line
  return locale === 'en' ? `${SYNTHETIC.en} ${line}` : `${SYNTHETIC['zh-Hant']}${line}`
}

function sourceLine(
  { institution, study, upTo, isTwin, isOwnTable, isSimulated, answer }: ReleaseSource,
  locale: MarkLocale,
): string {
  const short = study === null ? null : `${study.slice(0, 8)}…${study.slice(-8)}`
  if (answer !== undefined) return answerLine(answer, short, locale)
  if (locale === 'en') {
    const of = short === null ? '' : ` Study ${short}${upTo === null ? '' : `, records up to block ${upTo}`}.`
    if (isOwnTable === true)
      return 'Of a table that a person brought along, not of records read here; no rule of the consortium has looked at it.'
    if (isSimulated === true)
      return 'Simulated data: cohorts made by a rule from a seed, no result about anybody; nothing was read from the chain.'
    if (isTwin === true) return `Synthetic twin: invented people, no result about anybody.${of}`
    return `For use within ${institution} only: numbers of its own records, not yet looked at by the release rules.${of}`
  }
  const of = short === null ? '' : `研究 ${short}${upTo === null ? '' : `，紀錄截至區塊 ${upTo}`}。`
  if (isOwnTable === true) return '取自使用者自行帶入的表格，並非在此讀取的紀錄；未經聯盟任何規則審核。'
  if (isSimulated === true) return '模擬資料：依規則與種子產生的世代，並非任何人的結果；未讀取鏈上資料。'
  if (isTwin === true) return `合成資料：虛構的病人，並非任何人的結果。${of}`
  return `僅限${institution}內部使用：數值取自本院紀錄，尚未經釋出規則審核。${of}`
}

function answerLine(
  { epsilon, attested, gateways, snapshotHeight }: AnswerSource,
  short: string | null,
  locale: MarkLocale,
): string {
  if (locale === 'en') {
    const how =
      epsilon === null
        ? 'checked by rule, not differentially private'
        : `with noise (privacy loss ε = ${epsilon} at δ = 10⁻⁶)`
    const at = snapshotHeight === null ? '' : `, snapshot at height ${snapshotHeight}`
    const of = short === null ? '' : ` Request ${short}${at}.`
    return `Answer of the consortium’s gateways, ${how}, attested by ${attested} of ${gateways}.${of}`
  }
  const how = epsilon === null ? '經規則檢查，非差分隱私' : `含雜訊（隱私損失 ε = ${epsilon}，δ = 10⁻⁶）`
  const at = snapshotHeight === null ? '' : `，快照高度 ${snapshotHeight}`
  const of = short === null ? '' : `申請 ${short}${at}。`
  return `聯盟閘道的答案，${how}，由 ${gateways} 個閘道中的 ${attested} 個證明。${of}`
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
