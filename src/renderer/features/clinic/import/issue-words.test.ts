import { describe, expect, it } from 'vitest'
import { imports } from '../../../../shared/contract/imports.ts'
import { REJECT_REASONS, WARNING_REASONS } from '../../../../shared/domain/import-reasons.ts'
import type { Words } from '../../../words/catalogue.ts'
import * as importSteps from '../../../words/import-steps.ts'
import * as importWords from '../../../words/imports.ts'
import * as ruleNames from '../../../words/rule-names.ts'
import { sentencesOf, splitWarnings } from './issue-words.ts'

const wordsOf = (language: 'en' | 'zhHant'): Words => {
  const words: Pick<Words, 'imports' | 'importSteps' | 'ruleNames'> = {
    imports: importWords[language],
    importSteps: importSteps[language],
    ruleNames: ruleNames[language],
  }
  return words as Words
}

describe('sentencesOf', () => {
  it.each(['en', 'zhHant'] as const)(
    'says of every reason why, what came of it and what to do next, in %s',
    (language) => {
      const words = wordsOf(language)
      for (const severity of ['left-out', 'unusual'] as const) {
        const sentences = sentencesOf(severity, words)
        const reasons = severity === 'left-out' ? REJECT_REASONS : WARNING_REASONS
        for (const reason of [...reasons, 'retracted-here', 'own-visit-altered']) {
          expect(sentences[reason], reason).toContain(words.importSteps.effects[severity])
          expect(
            sentences[reason]!.split(/[.。?](?:\s|$|(?=\p{Script=Han}))/u).filter(Boolean).length,
            reason,
          ).toBeGreaterThanOrEqual(3)
        }
        // The door takes them all.
        expect(imports.saveRejects.input.safeParse({ jobId: 'j', sentences }).success).toBe(true)
      }
    },
  )
})

describe('what was taken although', () => {
  it('is not counted as unusual where the hospital’s own map replaced a code', () => {
    const warnings = [
      { reason: 'code-mapped', count: 4 },
      { reason: 'unknown-sex', count: 2 },
      { reason: 'person-updated', count: 1 },
    ]
    expect(splitWarnings(warnings)).toEqual({ unusual: warnings.slice(1), unusualCount: 3, mappedCount: 4 })
    expect(splitWarnings(warnings.slice(0, 1))).toEqual({ unusual: [], unusualCount: 0, mappedCount: 4 })
  })
})
