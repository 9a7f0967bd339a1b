import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { readDocument } from './read-document.ts'

type Nested = { not: Nested } | { leaf: true }
const nested: z.ZodType<Nested> = z.union([
  z.object({ not: z.lazy(() => nested) }),
  z.object({ leaf: z.literal(true) }),
])
let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-document-'))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

async function read(text: string, bytesMax = 8 << 20) {
  const path = join(scratch, 'document.json')
  await writeFile(path, text)
  return readDocument(path, nested, bytesMax)
}

it('names what is wrong with a file, also conditions deeper than the stack', async () => {
  expect(await read('{"not":{"leaf":true}}')).toMatchObject({ kind: 'document' })
  expect(await read('{')).toEqual({ kind: 'unreadable', reason: 'not-json' })
  expect(await read('{"leaf":true}', 4)).toEqual({ kind: 'unreadable', reason: 'missing-or-too-large' })
  expect(await read('{"leaf":false}')).toMatchObject({ kind: 'malformed' })
  const deep = 5_000
  const text = `${'{"not":'.repeat(deep)}{"leaf":true}${'}'.repeat(deep)}`
  expect(await read(text)).toEqual({ kind: 'unreadable', reason: 'too-deep' })
})
