import { describe, expect, it } from 'vitest'
import * as access from '../words/access.ts'
import * as audit from '../words/audit.ts'
import * as checks from '../words/checks.ts'
import * as erasures from '../words/erasures.ts'
import * as failures from '../words/failures.ts'
import * as network from '../words/network.ts'
import { basisReasonOf, decisionOf, reasonOf } from './audit-words.ts'

const inLocale = (locale: 'en' | 'zhHant') => ({
  access: access[locale],
  audit: audit[locale],
  checks: checks[locale],
  erasures: erasures[locale],
  failures: failures[locale],
  network: network[locale],
})

describe('words of an entry of the audit', () => {
  it('say why something was refused, wherever the reason comes from', () => {
    for (const locale of ['en', 'zhHant'] as const)
      for (const code of [
        'wrong-passphrase',
        'no-address',
        'changed',
        'asked-already',
        'disk-full',
        'too-few-patients',
        'too-few-gateways',
      ])
        expect(reasonOf(code, inLocale(locale))).not.toContain(code)
    expect(reasonOf('of a newer version', inLocale('en'))).toBe('of a newer version')
  })

  it('say why the glass was broken in words, and what was typed as it is', () => {
    const said = { kind: 'break-glass', reason: 'life-threatening: 急診昏迷: 用藥' }
    expect(basisReasonOf(said, inLocale('en'))).toBe('Danger to life: 急診昏迷: 用藥')
    expect(basisReasonOf(said, inLocale('zhHant'))).toBe('有生命危險：急診昏迷: 用藥')
    expect(basisReasonOf({ kind: 'consent', reason: 'other: cabinet 3' }, inLocale('en'))).toBe(
      'other: cabinet 3',
    )
    expect(basisReasonOf({ kind: 'break-glass', reason: 'seizure' }, inLocale('en'))).toBe('seizure')
  })

  it('say which decision was proposed', () => {
    expect(decisionOf('admit', inLocale('en'))).toBe('admit a member')
    expect(decisionOf('policy:smallestCount:20', inLocale('en'))).toMatch(/^change a rule: .+ = 20$/)
    // Kept in millionths of ρ, and said in ρ as in the rooms.
    expect(decisionOf('policy:rhoTableMicro:20000', inLocale('en'))).toMatch(/\(ρ\) = 0\.02$/)
    expect(decisionOf('policy:smallestCount:20', inLocale('zhHant'))).not.toContain('smallestCount')
  })
})
