import { describe, expect, it } from 'vitest'
import * as audit from '../words/audit.ts'
import * as erasures from '../words/erasures.ts'
import * as failures from '../words/failures.ts'
import * as network from '../words/network.ts'
import { decisionOf, reasonOf } from './audit-words.ts'

const inLocale = (locale: 'en' | 'zhHant') => ({
  audit: audit[locale],
  erasures: erasures[locale],
  failures: failures[locale],
  network: network[locale],
})

describe('words of an entry of the audit', () => {
  it('say why something was refused, wherever the reason comes from', () => {
    for (const locale of ['en', 'zhHant'] as const)
      for (const code of ['wrong-passphrase', 'no-address', 'changed', 'asked-already', 'disk-full'])
        expect(reasonOf(code, inLocale(locale))).not.toContain(code)
    expect(reasonOf('of a newer version', inLocale('en'))).toBe('of a newer version')
  })

  it('say which decision was proposed', () => {
    expect(decisionOf('admit', inLocale('en'))).toBe('admit a member')
    expect(decisionOf('policy:smallestCount:20', inLocale('en'))).toMatch(/^change a rule: .+ = 20$/)
    expect(decisionOf('policy:smallestCount:20', inLocale('zhHant'))).not.toContain('smallestCount')
  })
})
