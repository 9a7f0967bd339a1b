/** A node that answers, and tells, what the contract does not know. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Session } from '../../shared/contract/app.ts'
import { noDesktop } from '../desktop.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import { lockProfile } from '../profile/profile-lock.ts'
import { checkedReply, isReply } from './checked-answers.ts'
import { LINE_FACTS, wiresOfLines } from './lines.test-kit.ts'
import { LINK } from './messages.ts'
import { openPlace, type OpenPlace } from './open-place.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

const token = 'ab'.repeat(32)
const locked: Session = { state: 'locked', institutionName: '北區醫院', folder: '', isSynthetic: false }
const opened: Session = {
  state: 'open',
  institutionName: '北區醫院',
  memberId: 'm',
  chainId: '00'.repeat(32),
  folder: '',
  isSynthetic: false,
  person: { name: 'Bo', userKeyId: 'k', roles: ['clerk'] },
  isRecoveryKitProven: true,
}

/** @param answers what the node says to each call; everything else is `null` */
async function placeAt(answers: Readonly<Record<string, unknown>>) {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-place-'))
  cleanUps.push(() => rm(folder, { recursive: true }))
  const asked: string[] = []
  const { open } = wiresOfLines(async (_, name) => {
    asked.push(name)
    if (name === LINK.hello)
      return { ok: true, value: { token, isSame: false, session: locked, draftKey: null } }
    return { ok: true, value: answers[name] ?? null }
  })
  const events: unknown[] = []
  const place: OpenPlace = await openPlace(
    {
      world: testWorld({ openPlaceWires: open }),
      folder,
      facts: { ...LINE_FACTS, institutionName: '北區醫院', name: 'Ward 1', placeId: 'ab'.repeat(8) },
      desktop: noDesktop,
      emit: (service, event, payload) => void events.push([service, event, payload]),
      idleMinutes: () => 15,
    },
    await lockProfile(folder),
  )
  cleanUps.push(() => place.close())
  await place.reached()
  return { place, asked, events }
}

describe('an answer of the node that is not what the contract says', () => {
  it('is a failure with a code of its own, and nothing of it is handed on', async () => {
    const { place, asked } = await placeAt({
      'app.unlock': { kind: 'opened', session: opened },
      'patients.search': { total: 'many', found: [{ script: '<script>' }] },
      'records.listDrafts': [{ draftId: 'd1', patientId: null, title: 'kept', savedAt: 'yesterday' }],
      'jobs.list': [],
    })
    expect(await place.app.unlock({ account: 'bo', passphrase: 'p' })).toMatchObject({ kind: 'opened' })
    const { handlers } = place
    const failed = { detail: { code: 'answer-malformed' } }
    await expect(handlers.patients.search({ text: 'a', limit: 5 })).rejects.toMatchObject(failed)
    await expect(handlers.records.listDrafts(undefined)).rejects.toMatchObject(failed)
    // What is as it should be goes on over the same line.
    expect(await handlers.jobs.list(undefined)).toEqual([])
    expect(asked).toContain('patients.search')
  })

  it('opens no session: what says that somebody unlocked is parsed as well', async () => {
    const { place, events } = await placeAt({
      'app.unlock': { kind: 'opened', session: { ...opened, person: { name: 'Bo', roles: ['emperor'] } } },
    })
    await expect(place.app.unlock({ account: 'bo', passphrase: 'p' })).rejects.toMatchObject({
      detail: { code: 'answer-malformed' },
    })
    expect(place.isLocked).toBe(true)
    expect(await place.app.session(undefined)).toMatchObject({ state: 'locked' })
    expect(JSON.stringify(events)).not.toContain('emperor')
  })

  it('loses what the contract does not name, so that a newer node can say more', () => {
    const told = [{ draftId: 'd1', patientId: null, title: '', savedAt: 1, colour: 'red' }]
    expect(checkedReply('records.listDrafts', { ok: true, value: told })).toEqual({
      ok: true,
      value: [{ draftId: 'd1', patientId: null, title: '', savedAt: 1 }],
    })
  })
})

describe('what is no answer at all', () => {
  it('ends the line', () => {
    for (const value of [null, 1, 'ok', {}, { ok: 'yes' }, { ok: false }, { ok: false, error: null }])
      expect(isReply(value), JSON.stringify(value)).toBe(false)
    expect(isReply({ ok: false, error: { code: 7 } })).toBe(false)
    expect(isReply({ ok: false, error: { code: 'x'.repeat(65) } })).toBe(false)
    expect(isReply({ ok: false, error: { code: 'busy' } })).toBe(true)
    expect(isReply({ ok: true })).toBe(true)
  })
})
