/** T34: an institution loses its keys among three others; shares bring them back, two do not, and a veto blocks. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { runHere } from '../cli/cli.test-kit.ts'
import { testWorld, until } from '../governance/institution.test-kit.ts'
import { sampleVisit } from '../node/node.test-kit.ts'
import { foundProfiles, PASSPHRASE, type ProfileConsortium } from '../profile/consortium.test-kit.ts'
import { unsealKeys } from '../profile/profile-folder.ts'
import { AccessFailure } from './context.ts'

const HOUR_MS = 3_600_000

let consortium: ProfileConsortium | null = null
afterEach(async () => {
  await consortium?.close()
  consortium = null
})

it('T34: the keys come back by three shares and another hospital, after three days in which nobody objected', async () => {
  let ahead = 0
  const world = testWorld({ now: () => Date.now() + ahead })
  consortium = await foundProfiles(['hospital', 'hospital', 'hospital', 'hospital'])
  const { members, scratch } = consortium
  for (const member of members) await member.start(world)
  const [north, east, south] = members
  const ask = (member = east!) => member.open!.handlers
  let visitCount = 0
  /** The chain’s time goes on with its segments. */
  const goOn = async (hours: number) => {
    ahead += hours * HOUR_MS
    await south!.submit([sampleVisit(++visitCount)])
    await until(
      () => ask().node.status(),
      ({ blockCount }) => blockCount === visitCount,
    )
  }

  const folder = join(scratch, 'shares')
  await mkdir(folder)
  expect(await ask(north).shares.make({ passphrase: 'not the passphrase', folder })).toMatchObject({
    kind: 'refused',
    reason: 'wrong-passphrase',
  })
  // A folder that is not there is said, and the institution goes on; of a set that did not become whole nothing is left.
  expect(
    await ask(north).shares.make({ passphrase: PASSPHRASE, folder: join(scratch, 'unplugged') }),
  ).toMatchObject({ kind: 'refused', reason: 'folder-not-writable' })
  // Nor where all six are written and the set cannot be said.
  const { statements } = north!.open!.institution.profile.node!
  const saying = vi.spyOn(statements, 'say').mockImplementationOnce(() => {
    throw new AccessFailure({ code: 'locked' })
  })
  expect(await ask(north).shares.make({ passphrase: PASSPHRASE, folder })).toEqual({
    kind: 'refused',
    reason: 'not-said',
  })
  saying.mockRestore()
  expect(await readdir(folder)).toEqual([])
  const made = await ask(north).shares.make({ passphrase: PASSPHRASE, folder })
  if (made.kind !== 'made') throw new Error(made.kind)
  expect(made).toMatchObject({ hasPart: true })
  expect(made.files).toHaveLength(6)
  const { setId } = made
  await until(
    () => ask().shares.list(),
    ({ sets }) => sets.length === 1,
  )
  expect(await ask(north).shares.ask({ setId, text: null })).toEqual({ kind: 'refused', reason: 'own-set' })

  const asking = async () => {
    const asked = await ask().shares.ask({ setId, text: 'Three officers are here; both disks burnt' })
    if (asked.kind !== 'asked') throw new Error(asked.reason)
    const { requestId } = asked
    await until(
      () => ask(north).shares.list(),
      ({ requests }) => requests.some((each) => each.requestId === requestId),
    )
    return requestId
  }
  const part = join(scratch, 'part.json')
  const releasing = async (requestId: string, member = east!) => {
    const answer = await ask(member).shares.release({ requestId, path: part })
    return answer.kind === 'refused' ? answer.reason : answer.kind
  }

  // Whoever did not agree to it says so, and that is the end of the request.
  const first = await asking()
  expect((await ask(north).governance.overview()).alerts).toMatchObject([
    { kind: 'recovery-asked', tone: 'bad', memberName: 'hospital 2', amount: 72, detail: null },
  ])
  expect(await ask().shares.ask({ setId, text: null })).toMatchObject({ reason: 'asked-already' })
  expect(await ask(north).shares.veto({ requestId: first, text: 'We are all here' })).toEqual({
    isTaken: true,
  })
  await until(
    () => ask().shares.list(),
    ({ requests }) => requests[0]?.state === 'vetoed',
  )
  await goOn(100)
  expect(await releasing(first)).toBe('vetoed')
  expect(await ask(south).shares.veto({ requestId: first, text: null })).toEqual({ isTaken: false })

  // Three days by the chain’s time, and not before.
  const second = await asking()
  expect(await releasing(second)).toBe('too-early')
  await goOn(71)
  expect(await releasing(second)).toBe('too-early')
  ahead += 24 * HOUR_MS
  // One machine’s clock alone shortens nothing.
  expect(await releasing(second)).toBe('too-early')
  await goOn(0)
  expect(await releasing(second, north)).toBe('own-set')
  expect(await releasing(second)).toBe('released')

  // With two shares nothing, with three all of it, on an empty machine.
  const files = made.files.map((name) => join(folder, name))
  const [recovery, ...shares] = files
  const again = join(scratch, 'again')
  const combine = (given: readonly string[], more: readonly string[] = ['--part', part]) =>
    runHere(['shares', 'combine', '--recovery', recovery!, '--profile', again, ...more, ...given])
  expect(await combine(shares.slice(0, 2))).toMatchObject({
    code: 1,
    answer: { error: { code: 'too-few-shares' } },
  })
  expect(await combine(shares.slice(0, 3), [])).toMatchObject({ answer: { error: { code: 'part-missing' } } })
  await north!.stop()
  expect(await combine(shares.slice(2))).toMatchObject({
    code: 0,
    answer: { name: 'hospital 1', standing: 'observing' },
  })
  const [before, after] = await Promise.all(
    [north!.folder, again].map((at) => unsealKeys(at, PASSPHRASE, ['node', 'session', 'root'], world)),
  )
  expect(after!.root).toEqual(before!.root)
  expect(after!.node).toEqual(before!.node)
  expect(after!.session!.custodian).toEqual(before!.session!.custodian)
  const text = await readFile(part, 'utf8')
  expect(text).toContain(setId)
  await rm(again, { recursive: true })
}, 120_000)
