/**
 * Habits of the window that the compiler cannot see: no sentence outside the catalogue, no day but the facility’s, nobody imports
 * the fake node.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { REJECT_REASONS, WARNING_REASONS } from '../../shared/domain/import-reasons.ts'
import * as chain from './chain.ts'
import * as checks from './checks.ts'
import * as cleaning from './cleaning.ts'
import * as clinical from './clinical.ts'
import * as codes from './codes.ts'
import * as entry from './entry.ts'
import * as failures from './failures.ts'
import * as findings from './findings.ts'
import * as firstRun from './first-run.ts'
import * as groups from './groups.ts'
import * as history from './history.ts'
import * as home from './home.ts'
import * as imports from './imports.ts'
import * as models from './models.ts'
import * as joining from './joining.ts'
import * as network from './network.ts'
import * as patients from './patients.ts'
import * as people from './people.ts'
import * as question from './question.ts'
import * as requests from './requests.ts'
import * as settings from './settings.ts'
import * as shell from './shell.ts'
import * as workPlaces from './work-places.ts'

const renderer = join(import.meta.dirname, '..')
const sources = readdirSync(renderer, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.test.ts') && !/^dev[\\/]/.test(path))
  .map((path) => join(renderer, path))

/** Attributes that people read or hear. */
const READ = new Set([
  'label',
  'title',
  'placeholder',
  'description',
  'alt',
  'error',
  'hint',
  'nothingFound',
  'aria-label',
  'aria-description',
  'aria-roledescription',
])
const hasLetters = (text: string) => /\p{L}/u.test(text)

/** Words that are rendered although they are in no catalogue, as `file:line text`. */
function literalsOf(name: string, text: string): string[] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const tell = (node: ts.Node, words: string) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart())
    found.push(`${relative(renderer, name)}:${line + 1} ${words.trim()}`)
  }
  const literal = (node: ts.Expression): string | null =>
    ts.isStringLiteralLike(node) ? node.text : ts.isTemplateExpression(node) ? templateText(node) : null
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && hasLetters(node.text)) tell(node, node.text)
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      const text = literal(node.expression)
      if (text !== null && hasLetters(text)) tell(node, text)
    }
    if (ts.isJsxAttribute(node) && READ.has(node.name.getText()) && node.initializer) {
      const value = ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer
      const text = value && ts.isExpression(value) ? literal(value) : null
      if (text !== null && hasLetters(text)) tell(node, text)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
const templateText = (node: ts.TemplateExpression) =>
  [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('')

describe('the window', () => {
  it('renders no sentence that is not in the catalogue', () => {
    const found = sources
      .filter((path) => path.endsWith('.tsx'))
      .flatMap((path) => literalsOf(path, readFileSync(path, 'utf8')))
      // Names of keys are printed on keyboards, in every language.
      .filter((line) => !/ (Ctrl\+Shift\+D|Ctrl Shift L)$/.test(line))
    expect(found).toEqual([])
  })
  it('would find one', () => {
    expect(literalsOf('x.tsx', 'const x = <p title="Hello">World {`day ${1}`} {"a"}</p>')).toHaveLength(4)
    expect(literalsOf('x.tsx', 'const x = <p className="a" title={t.x}>{t.y} · 12</p>')).toEqual([])
  })
  it('asks the clock of the facility which day it is, never UTC', () => {
    const found = sources.filter((path) => readFileSync(path, 'utf8').includes('.toISOString('))
    expect(found.map((path) => relative(renderer, path))).toEqual([])
  })
  it('never contains the node that invents everything', () => {
    for (const path of sources)
      expect(readFileSync(path, 'utf8'), path).not.toMatch(/from '.*\/dev\/|import\('.*\/dev\//)
  })
})

const catalogue = {
  chain,
  checks,
  cleaning,
  clinical,
  codes,
  entry,
  failures,
  findings,
  firstRun,
  home,
  imports,
  groups,
  models,
  joining,
  network,
  patients,
  people,
  question,
  requests,
  history,
  settings,
  shell,
  workPlaces,
}

/** Every sentence, functions asked with made-up parameters. */
function sentences(words: unknown, path: string): [string, string][] {
  if (typeof words === 'string') return [[path, words]]
  if (typeof words === 'function') {
    const answer: unknown = (words as (...given: unknown[]) => unknown)(
      ...Array.from({ length: Math.max(1, words.length) }, () => (path.includes('rules') ? {} : '7')),
    )
    return sentences(answer, path)
  }
  if (typeof words === 'object' && words !== null)
    return Object.entries(words).flatMap(([key, value]) => sentences(value, `${path}.${key}`))
  return []
}

describe('the catalogue', () => {
  it('has no empty sentence where the other language says something', () => {
    for (const [name, { en, zhHant }] of Object.entries(catalogue)) {
      const english = new Map(sentences(en, name))
      const chinese = new Map(sentences(zhHant, name))
      expect([...chinese.keys()]).toEqual([...english.keys()])
      for (const [path, text] of english) expect(chinese.get(path) === '', path).toBe(text === '')
    }
  })
  it('has words for everything that an import does not take or finds unusual', () => {
    for (const { reasons, warnings } of [catalogue.imports.en, catalogue.imports.zhHant]) {
      for (const reason of REJECT_REASONS) expect(reasons[reason], reason).toBeTruthy()
      for (const reason of WARNING_REASONS) expect(warnings[reason] ?? reasons[reason], reason).toBeTruthy()
    }
  })
  it('writes Chinese with Chinese punctuation', () => {
    const wrong = Object.entries(catalogue)
      .flatMap(([name, { zhHant }]) => sentences(zhHant, name))
      .filter(([, text]) => /\p{Script=Han}[,:;?!()]|[,;!]\p{Script=Han}/u.test(text))
    expect(wrong).toEqual([])
  })
  it('writes Chinese in Chinese', () => {
    const same = new Set<string>()
    for (const [name, { en, zhHant }] of Object.entries(catalogue)) {
      const english = new Map(sentences(en, name))
      for (const [path, text] of sentences(zhHant, name)) {
        if (english.get(path) === text && /\p{L}{4,}/u.test(text) && !/\p{Script=Han}/u.test(text))
          same.add(text)
      }
    }
    // Names, and the word that leads a lost English reader home.
    expect([...same].sort()).toEqual(['Consilium', 'Electron', 'English', 'Node', 'Switch to English'].sort())
  })
})
