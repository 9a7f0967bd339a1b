/** Founding together by files: what was looked at is what is signed. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { assert } from '../../shared/std/assert.ts'
import { noDesktop } from '../desktop.ts'
import { PASSPHRASE, testWorld } from '../governance/institution.test-kit.ts'
import { createJoiningService } from './joining-service.ts'

let at: string
beforeEach(async () => {
  at = await mkdtemp(join(tmpdir(), 'consilium-joining-'))
})
afterEach(async () => {
  await rm(at, { recursive: true, force: true, maxRetries: 5 })
})

const service = createJoiningService({
  world: testWorld(),
  desktop: noDesktop,
  open: () => {
    throw new Error('nothing is opened here')
  },
})

async function candidate(name: string): Promise<{ folder: string; request: string }> {
  const folder = join(at, name)
  const requested = await service.request({
    folder,
    institutionName: name,
    personName: 'Admin',
    kind: 'hospital',
    zone: 'Asia/Taipei',
    wishesVote: true,
    addresses: [],
    listen: null,
    passphrase: PASSPHRASE,
    path: join(at, `${name}.request`),
  })
  assert(requested.kind === 'requested', JSON.stringify(requested))
  return { folder, request: requested.path }
}

it('signs and starts the document that was looked at, and no other one that lies there by then', async () => {
  const north = await candidate('North')
  const east = await candidate('East')
  const draft = async (consortiumName: string) => {
    const drafted = await service.draftFounding({
      folder: north.folder,
      passphrase: PASSPHRASE,
      consortiumName,
      paths: [east.request],
      voters: null,
      allowFewVoters: true,
      savePath: join(at, `${consortiumName}.founding`),
    })
    assert(drafted.kind === 'drafted', JSON.stringify(drafted))
    return drafted
  }
  const shown = await draft('Island')
  const exchanged = await draft('Isle')
  const paths = [shown.path]
  const looked = await service.openFounding({ folder: east.folder, paths })
  assert(looked.kind === 'opened', JSON.stringify(looked))
  const { documentHash } = looked.round
  expect(documentHash).toBe(shown.round.documentHash)

  const sign = () =>
    service.signFounding({ folder: east.folder, passphrase: PASSPHRASE, paths, documentHash })
  const right = await readFile(shown.path)
  await copyFile(exchanged.path, shown.path)
  expect(await sign()).toEqual({ kind: 'refused-file', reason: 'changed', detail: shown.path })
  // Nothing was written either.
  expect(await readFile(shown.path)).toEqual(await readFile(exchanged.path))

  // The right one is back.
  await writeFile(shown.path, right)
  const signed = await sign()
  expect(signed).toMatchObject({ kind: 'signed', round: { documentHash, isComplete: true } })
  assert(signed.kind === 'signed', JSON.stringify(signed))

  // Both signed the other one as well: what starts is still what was looked at.
  const other = await service.signFounding({
    folder: east.folder,
    passphrase: PASSPHRASE,
    paths: [exchanged.path],
    documentHash: exchanged.round.documentHash,
  })
  assert(other.kind === 'signed' && other.round.isComplete, JSON.stringify(other))
  await copyFile(exchanged.path, shown.path)
  const start = await service.startFounded({
    folder: east.folder,
    passphrase: PASSPHRASE,
    paths,
    documentHash,
  })
  expect(start).toEqual({ kind: 'refused-file', reason: 'changed', detail: shown.path })
})
