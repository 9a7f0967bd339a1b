/** The node's side of a work place's session, with an institution of which there is only what the session touches. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Role } from '../../shared/contract/app.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { noAudit } from '../services/audit-port.ts'
import { openPlaceSession, type PlaceSession, type SessionHost } from './place-session.ts'

let open: PlaceSession | null = null
afterEach(async () => {
  await open?.end('closed')
  open = null
})

function sessionWith(roles: Role[], unlocking: Promise<void> = Promise.resolve()) {
  const state = { roles: roles as Role[] | null, released: 0, isPinArmed: false }
  const lease = {
    isReleased: false,
    session: {
      keys: { drafts: new Uint8Array(32).fill(5) },
      person: { personId: 'p', userKeyId: 'k', name: 'Bo', account: 'bo' },
    },
    release() {
      lease.isReleased = true
      state.released++
    },
  }
  const forget = (): void => {
    state.isPinArmed = false
  }
  const pins = { waiting: () => null, has: async () => false, remove: async () => {}, forget }
  const host = {
    world: {
      crypto: createNodeCrypto(),
      random: (count: number) => new Uint8Array(count),
      now: () => 0,
    },
    profile: { folder: '/nowhere', facts: { institutionName: 'North', isSynthetic: false }, roster: null },
    servicesFor: () => ({ handlers: { jobs: {} }, forget() {} }),
    callerWith: (of: () => typeof lease | null) => ({
      person: () =>
        of()?.isReleased === false && state.roles !== null ? { userKeyId: 'k', roles: state.roles } : null,
      absence: () => 'locked',
      confirmations: {},
      audit: noAudit,
    }),
    unlock: async () => {
      await unlocking
      state.isPinArmed = true
      return lease
    },
    noteLocked: async () => {},
  } as unknown as SessionHost
  const session = openPlaceSession({
    host,
    placeId: 'ab'.repeat(8),
    seat: { desk: { pins } as never, subject: {} },
    cutOffMs: 1_000,
    onChanged() {},
    onEnded() {},
  })
  open = session
  return { session, state, lease }
}
const unlocking = ({ dispatch }: PlaceSession) =>
  dispatch('app.unlock', { account: 'bo', passphrase: 'a passphrase of several words' })

describe('a session of a work place', () => {
  it('that ended while a passphrase was tried holds no keys, and takes none after its end', async () => {
    let answer = (): void => {}
    const { session, state, lease } = sessionWith(['clerk'], new Promise((resolve) => (answer = resolve)))
    const first = unlocking(session)
    await new Promise((resolve) => setImmediate(resolve))
    const ending = session.end('closed')
    answer()
    await ending
    await first
    expect(state).toMatchObject({ released: 1, isPinArmed: false })
    lease.isReleased = false
    await unlocking(session)
    // Nor a PIN that would unlock again.
    expect(state).toMatchObject({ released: 2, isPinArmed: false })
    expect(session.personName).toBeNull()
  })

  it('gives the key of drafts to whoever writes visits, and to nobody who left or does so no more', async () => {
    const { session, state } = sessionWith(['clerk'])
    expect(session.draftKey()).toBeNull()
    await unlocking(session)
    expect(session.draftKey()).toMatch(/^[0-9a-f]{64}$/)
    state.roles = ['auditor']
    expect(session.draftKey()).toBeNull()
    state.roles = null
    expect(session.draftKey()).toBeNull()
  })
})
