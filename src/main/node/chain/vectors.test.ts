import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeVectors } from './fixtures/vectors.test-kit.ts'

const file = new URL('./fixtures/vectors.json', import.meta.url)

describe('the test vectors of profile 1', () => {
  it('are the bytes that this code makes', () => {
    const vectors = JSON.parse(JSON.stringify(makeVectors()))
    if (process.env['CONSILIUM_WRITE_VECTORS'] === '1')
      writeFileSync(file, `${JSON.stringify(vectors, null, 1)}\n`)
    expect(vectors).toEqual(JSON.parse(readFileSync(file, 'utf8')))
  })
})
