import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runHere as run, tinyBundle } from './cli.test-kit.ts'

let home: string
let profile: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'consilium-proof-'))
  profile = join(home, 'north')
  await run(['found', '--profile', profile, '--name', '北區醫院'])
  await writeFile(join(home, 'a.json'), tinyBundle(1, 3))
  expect((await run(['import', '--profile', profile, '--wait', join(home, 'a.json')])).code).toBe(0)
}, 60_000)
afterAll(() => rm(home, { recursive: true, force: true }))

it('T11: a field is proven by a file, which is checked without profile or passphrase and fails when altered', async () => {
  const out = join(home, 'proof.json')
  const base = ['prove-field', '--profile', profile, '--block', '1']
  const made = await run([...base, '--field', 'encounter.day', '--out', out])
  expect(made).toMatchObject({ code: 0, answer: { path: out, block: 1, field: 'encounter.day' } })

  const { chainId } = (await run(['status', '--profile', profile])).answer
  const checked = await run(['check-proof', '--chain', String(chainId), out], {})
  expect(checked).toMatchObject({
    code: 0,
    answer: {
      kind: 'proven',
      consortium: '北區醫院',
      chainId,
      index: 1,
      signatures: 1,
      voters: 1,
      field: { name: 'encounter.day', value: made.answer['value'] },
    },
  })
  expect(await run(['check-proof', '--chain', 'ab'.repeat(32), out], {})).toMatchObject({
    code: 1,
    answer: { error: { code: 'other-chain' } },
  })

  const file = JSON.parse(await readFile(out, 'utf8')) as { proof: string }
  const bytes = Buffer.from(file.proof, 'base64')
  const [day] = made.answer['value'] as string[]
  bytes.write(
    day!.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)),
    bytes.indexOf(day!),
  )
  const altered = join(home, 'altered.json')
  await writeFile(altered, JSON.stringify({ ...file, proof: bytes.toString('base64') }))
  expect(await run(['check-proof', altered], {})).toMatchObject({
    code: 1,
    answer: { kind: 'refused', reason: 'field' },
  })
  await writeFile(altered, 'no proof')
  expect((await run(['check-proof', altered], {})).answer).toMatchObject({ reason: 'not-a-proof' })

  const unknown = await run([...base, '--field', 'patient.shoe', '--out', out])
  expect(unknown).toMatchObject({ code: 1, answer: { error: { code: 'no-such-field' } } })
  expect(JSON.stringify(unknown.answer)).toContain('encounter.day#')
}, 60_000)
