import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNormalC, isPlainlyNormal, toNormalC } from './normal-form.ts'

describe('normal form C', () => {
  it('is what the runtime says for every character that Unicode 15.1 knows', () => {
    // Characters that this runtime does not know either are the same as unknown ones; the rest must agree.
    for (let point = 0; point < 0x110000; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue
      const character = String.fromCodePoint(point)
      const said = character.normalize('NFC') === character
      if (isNormalC(character) !== said) expect.fail(`U+${point.toString(16)} is judged otherwise`)
      if (isPlainlyNormal(character) && !said) expect.fail(`U+${point.toString(16)} is not plainly normal`)
    }
  })

  it('is never touched by what looks plain', () => {
    const plain = fc.string({
      unit: fc
        .oneof(fc.integer({ min: 1, max: 0x2ff }), fc.integer({ min: 0x3400, max: 0x9fff }))
        .map((point) => String.fromCharCode(point)),
    })
    fc.assert(fc.property(plain, (text) => text.normalize('NFC') === text))
  })

  it('agrees with the runtime on text of known characters', () => {
    const known = fc.string({
      unit: fc.constantFrom(
        'e',
        '\u0301',
        '\u0323',
        'か',
        '\u3099',
        '가',
        '\u11a8',
        '\uf900',
        'Å',
        '😀',
        '\u0344',
        '水',
      ),
    })
    fc.assert(
      fc.property(known, (text) => {
        expect(toNormalC(text)).toBe(text.normalize('NFC'))
        expect(isNormalC(text)).toBe(text.normalize('NFC') === text)
      }),
      { numRuns: 500 },
    )
  })

  it('takes characters of later versions as they stand, whatever the runtime knows of them', () => {
    // U+1ACF is a combining mark (class 230) from Unicode 17 on; a runtime that knows it would sort U+0323 before it.
    const text = 'e\u1acf\u0323'
    expect(isNormalC(text)).toBe(true)
    expect(toNormalC(text)).toBe(text)
    expect(toNormalC('e\u0301\u1acfe\u0301')).toBe('\u00e9\u1acf\u00e9')
  })

  it('keeps the table that its script made', () => {
    const source = readFileSync(new URL('./normal-form.ts', import.meta.url), 'utf8')
    const words = /UNASSIGNED = `([^`]+)`/.exec(source)![1]!.trim().split(/\s+/)
    expect(words.length).toBe(2 * 707)
  })
})
