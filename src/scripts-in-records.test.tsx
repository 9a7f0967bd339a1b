/** T23, as far as it needs no window: what people type is shown as text, wherever in a record it stands. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { sampleVisit } from './main/node/node.test-kit.ts'
import { PAYLOADS } from './payloads.test-kit.ts'
import { csvLine } from './main/services/rejects-file.ts'

// Nobody asks the node anything while a record is drawn; the bridge has to be there all the same.
vi.stubGlobal('navigator', { language: 'en' })
vi.stubGlobal('window', { consilium: {}, addEventListener: () => {}, location: { hash: '' } })
const { RecordView } = await import('./renderer/parts/RecordView.tsx')

const record = (text: string) => {
  const visit = sampleVisit(1)
  const code = { system: 'local', code: 'x1', display: text }
  const observation = visit.observations[0]!
  return {
    ...visit,
    encounter: { ...visit.encounter, department: code, reason: { text } },
    observations: [
      { ...observation, note: text },
      { ...observation, kind: 'exam' as const, value: { type: 'text' as const, value: text } },
    ],
    diagnoses: [{ ...visit.diagnoses[0]!, text, code }],
    procedures: [{ code, sourceCodings: [], status: 'completed' as const }],
    prescriptions: [{ code, sourceCodings: [], status: 'active' as const, intent: 'order' as const, text }],
    outcome: { adverseEvents: [text] },
    notes: [text],
  }
}
/** Names of elements and of attributes, without what they hold. */
const shapeOf = (markup: string) =>
  [...markup.matchAll(/<(\/?[a-z][a-z0-9-]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(
    ([, name, attributes]) =>
      `${name} ${[...attributes!.matchAll(/([^\s=]+)="/g)].map((match) => match[1]).join(' ')}`,
  )

describe('T23: what people type', () => {
  it('makes no element and no attribute of a shown record, whichever of five hundred payloads stands in its fields', () => {
    expect(new Set(PAYLOADS).size).toBe(500)
    const plain = shapeOf(renderToStaticMarkup(<RecordView record={record('plain words')} />))
    expect(plain.length).toBeGreaterThan(20)
    for (const payload of PAYLOADS) {
      const markup = renderToStaticMarkup(<RecordView record={record(payload)} />)
      expect(shapeOf(markup), payload).toEqual(plain)
      expect(markup, payload).not.toMatch(
        /<(script|img|svg|iframe|object|embed|link|base|meta|style|form)\b/i,
      )
    }
  })

  it('is nowhere in the window taken for markup or code', () => {
    const root = join(import.meta.dirname, 'renderer')
    const sinks =
      /dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc=|\beval\(|new Function\(/
    const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
      .filter((path) => sinks.test(readFileSync(join(root, path), 'utf8')))
    expect(found).toEqual([])
  })

  it('is no formula in a table that a spreadsheet opens', () => {
    for (const formula of ['=HYPERLINK("//evil")', '+1+1', '-2+3', '@SUM(A1)', '\t=1', '\r=1'])
      expect(csvLine([formula])).toMatch(/^"?'/)
  })
})
