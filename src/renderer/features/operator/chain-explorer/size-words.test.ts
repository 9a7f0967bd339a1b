import { expect, it } from 'vitest'
import { en, zhHant } from '../../../words/chain.ts'
import { sizeWords } from './size-words.ts'

/** docs/spec/record-format.md: class 0 holds 1 KiB, each next one four times as much, five in all. */
const BYTES = [1_024, 4_096, 16_384, 65_536, 262_144]

it('names each size class by the bytes that the chain pads it to', () => {
  for (const words of [en, zhHant])
    expect(BYTES.map((_, sizeClass) => sizeWords(sizeClass, words.sizeClass))).toEqual(
      BYTES.map((bytes) => `${bytes / 1024} KiB`),
    )
})

it('shows the number of a class that it does not know', () => {
  expect(sizeWords(5, en.sizeClass)).toBe('5')
})
