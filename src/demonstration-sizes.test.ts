/** What README and the first window say of how many patients whose tasks need, beside what the code knows. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEMONSTRATION_LEAST } from './shared/domain/populations.ts'
import { enoughFor } from './renderer/features/first-run/enough-for.ts'
import { en, zhHant } from './renderer/words/first-run.ts'

describe('the size of the demonstration', () => {
  it('says beside 200 that the insurer has nothing to show, and beside 500 that everybody has', () => {
    for (const locale of ['en', 'zh-Hant'] as const) {
      const t = locale === 'en' ? en : zhHant
      const said = [100, 200, 499, 500, 4_000].map((patients) => enoughFor(patients, t, locale))
      expect(said).toEqual([
        t.enoughFor.nobody('200'),
        t.enoughFor.questions('500'),
        t.enoughFor.questions('500'),
        t.enoughFor.insurer('4,000'),
        t.enoughFor.benchmark,
      ])
    }
  })
  it('is in the first tasks of README as the code knows it', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const of = (role: string): string =>
      readme
        .slice(readme.indexOf(`**${role}**`))
        .split('\n\n')[0]!
        .replaceAll(/\s+/g, ' ')
    expect(of('Researcher')).toContain(`${DEMONSTRATION_LEAST.questions} patients or more`)
    expect(of('Analyst')).toContain(`${DEMONSTRATION_LEAST.insurer} patients or more`)
    expect(of('Analyst')).toContain(`${DEMONSTRATION_LEAST.benchmark.toLocaleString('en')} for the benchmark`)
  })
})
