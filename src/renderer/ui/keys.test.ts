import { describe, expect, it } from 'vitest'
import { isComposing } from './keys.ts'

describe('isComposing', () => {
  it('knows the key of an input method by the flag and by its code', () => {
    expect(isComposing({ key: 'Enter', nativeEvent: { isComposing: true } })).toBe(true)
    expect(isComposing({ key: 'Process', keyCode: 229 })).toBe(true)
    expect(isComposing({ key: 'Enter', nativeEvent: { isComposing: false, keyCode: 13 } })).toBe(false)
  })
})
