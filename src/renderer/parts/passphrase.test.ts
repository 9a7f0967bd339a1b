import { describe, expect, it } from 'vitest'
import { strengthOf } from './passphrase.ts'

describe('strengthOf', () => {
  it('calls short and common passphrases weak', () => {
    for (const text of ['a', 'password1234', 'aaaaaaaaaaaaaaaa', '123456123456', 'hospitalhospital'])
      expect(strengthOf(text), text).toBe('weak')
  })
  it('likes several words, in both scripts', () => {
    expect(strengthOf('river lantern oxide')).toBe('fair')
    expect(strengthOf('river lantern oxide meadow')).toBe('good')
    expect(['good', 'strong']).toContain(strengthOf('春天 河邊 燈籠 木棉花開了'))
  })
  it('says nothing about nothing', () => {
    expect(strengthOf('')).toBe('empty')
  })
})
