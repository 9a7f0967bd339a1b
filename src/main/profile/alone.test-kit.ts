/** A hospital alone in this process, as the command line opens it: a real folder, and the whole institution on it. */
import { present } from '../../shared/std/assert.ts'
import { toHex } from '../../shared/std/bytes.ts'
import { testWorld } from '../governance/institution.test-kit.ts'
import { foundProfile, openHeadless, type Headless } from '../headless.ts'
import { findMember, type Member } from '../node/chain/members.ts'
import { membersOf, scheduledState } from '../node/chain/state.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { until } from '../node/members.test-kit.ts'
import { sampleFields } from '../node/node.test-kit.ts'
import { sealVisits } from '../node/seal-visits.ts'
import { newestEpoch } from '../node/vault/institution-keys.ts'
import type { ProfileWorld } from './open-profile.ts'

export const PASSPHRASE = 'a passphrase of several words'

export async function foundIn(folder: string, world: ProfileWorld): Promise<void> {
  await foundProfile(
    {
      folder,
      institutionName: 'North Hospital',
      personName: 'Lin',
      passphrase: PASSPHRASE,
      zone: 'Asia/Taipei',
      isSynthetic: true,
    },
    world,
  )
}

export const openIn = (folder: string, world: ProfileWorld): Promise<Headless> =>
  openHeadless({ folder, passphrase: PASSPHRASE, world, drainMs: 0 })

export const nodeOf = ({ institution }: Headless) => present(institution.profile.node, 'a node runs')

/** As the chain knows the institution now, and as everything that is decided will leave it. */
export function rowsOf(at: Headless): { now: Member; scheduled: Member } {
  const { memberId, ledger } = nodeOf(at)
  const { consortium } = ledger.state
  const [now, scheduled] = [consortium, scheduledState(consortium)].map((state) =>
    present(findMember(membersOf(state), memberId), 'it is a member'),
  )
  return { now: now!, scheduled: scheduled! }
}

/** One more visit, final. */
export async function recordVisit(at: Headless): Promise<void> {
  const node = nodeOf(at)
  const { session } = await at.institution.profile.unsealAll(PASSPHRASE)
  const keys = node.sealingKeys(newestEpoch(session.custodianEpochs))
  const [sealed] = sealVisits(createNodeCrypto(), testWorld().random, keys, [
    sampleFields(1, toHex(node.memberId)),
  ])
  if (sealed?.kind !== 'sealed') throw new Error(JSON.stringify(sealed))
  const { blockCount } = node.status
  await node.submit([sealed.visit], node.reserve(1), [])
  await until(() => node.status.blockCount === blockCount + 1)
}

export async function askForNewKeys({ handlers }: Headless): Promise<void> {
  const answer = await handlers.governance.changeKeys({
    because: 'planned',
    note: '',
    passphrase: PASSPHRASE,
  })
  if (answer.kind !== 'proposed') throw new Error(JSON.stringify(answer))
}

/** The new keys are in effect, and those before are gone from the disk. */
export async function areKeysOther(at: Headless, before: Member): Promise<boolean> {
  const { ownKeys } = await at.handlers.governance.overview()
  return ownKeys.madeAt === null && rowsOf(at).now.authorKey.some((byte, i) => byte !== before.authorKey[i])
}
