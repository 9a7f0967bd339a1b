import { expect, it } from 'vitest'
import { CLASS_BYTES } from '../../../../main/node/chain/limits.ts'
import { en, zhHant } from '../../../words/chain.ts'
import { sizeWords } from './size-words.ts'

it('names each size class by the bytes that the chain pads it to', () => {
  for (const words of [en, zhHant])
    expect(CLASS_BYTES.map((_, sizeClass) => sizeWords(sizeClass, words.sizeClass))).toEqual(
      CLASS_BYTES.map((bytes) => `${bytes / 1024} KiB`),
    )
})
