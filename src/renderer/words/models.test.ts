import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en, zhHant } from './models.ts'

/** Codes of one union of the engine's `failure.ts`. */
function codesOf(union: string): string[] {
  const source = readFileSync(join(import.meta.dirname, '../../main/stats/failure.ts'), 'utf8')
  const body = source.slice(source.indexOf(`type ${union} =`)).split('\n\n')[0]!
  return [...body.matchAll(/code: '([a-z-]+)'/g)].map((match) => match[1]!)
}

describe('words of the models', () => {
  it('has a sentence for every refusal and warning of the engine, in both languages', () => {
    expect(codesOf('StatsFailureDetail').length).toBeGreaterThan(15)
    for (const words of [en, zhHant]) {
      for (const code of codesOf('StatsFailureDetail')) expect(words.refusals[code], code).toBeDefined()
      for (const code of codesOf('StatsWarning')) expect(words.warnings[code], code).toBeDefined()
    }
  })

  it('names the row as people count, the subject and the column', () => {
    const detail = { code: 'stop-not-after-start', row: 3, subject: 'p7', count: 2 }
    expect(en.refusals['stop-not-after-start']!(detail)).toBe(
      'An interval does not end after its start: row 4, subject “p7” (2 in all).',
    )
    expect(zhHant.refusals['stop-not-after-start']!(detail)).toContain('第 4 列')
    expect(en.warnings['aliased-coefficient']!({ column: 'age' })).toContain('“age”')
  })
})
