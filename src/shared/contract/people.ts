/** The people of an institution: who has an account here, with which roles; and the passphrase given once more. */
import { z } from 'zod'
import { role } from './app.ts'
import type { EventMap, Service } from './kit.ts'

const passphrase = z.string().max(1000)
const personId = z.string().max(32)
const name = z.string().trim().min(1).max(100)
export const accountName = z.string().trim().min(1).max(60)
const roles = z.array(role).min(1).max(role.options.length)

export const personView = z.object({
  personId,
  name: z.string(),
  /** What they type to unlock. */
  account: z.string(),
  roles: z.array(role),
  /** False for whoever has left. */
  isActive: z.boolean(),
  isSelf: z.boolean(),
  /** Of the newest change, milliseconds since 1970. */
  changedAt: z.number(),
})
export type PersonView = z.infer<typeof personView>

export const peopleRefusal = z.enum([
  'last-administrator',
  'account-taken',
  'unknown-person',
  'no-role',
  'not-administrator',
  'passphrase-too-weak',
  /** Two administrators must give their passphrases. */
  'two-administrators',
  /** There is one administrator or none: the recovery kit is needed too. */
  'kit-needed',
  'not-a-kit',
  'other-institution',
])
const wrongPassphrase = z.object({
  kind: z.literal('wrong-passphrase'),
  /** Of an approver, where somebody else's did not open. */
  account: z.string().optional(),
  waitSeconds: z.number().nullable(),
})
const refused = z.object({ kind: z.literal('refused'), reason: peopleRefusal })
const changed = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), people: z.array(personView) }),
  refused,
  wrongPassphrase,
])

export const people = {
  list: { input: z.void(), output: z.array(personView) },
  /** `passphrase` is the administrator's own; the institution's root key signs with it. */
  add: {
    input: z.object({ name, account: accountName, roles, theirPassphrase: passphrase, passphrase }),
    output: changed,
  },
  change: { input: z.object({ personId, name, roles, passphrase }), output: changed },
  /** Whoever left opens nothing that is written from then on; what they entered stays under their key. */
  leave: { input: z.object({ personId, passphrase }), output: changed },
  comeBack: { input: z.object({ personId, theirPassphrase: passphrase, passphrase }), output: changed },
  changePassphrase: {
    input: z.object({ passphrase, newPassphrase: passphrase }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('changed') }),
      refused,
      wrongPassphrase,
    ]),
  },
  /**
   * A forgotten passphrase, also at a locked screen: two administrators agree, or the only other one with the recovery
   * kit, or the kit where there is no other administrator.
   */
  reset: {
    input: z.object({
      account: accountName,
      newPassphrase: passphrase,
      approvers: z.array(z.object({ account: z.string().max(60), passphrase })).max(2),
      kit: z.string().max(20_000).nullable(),
    }),
    output: z.discriminatedUnion('kind', [z.object({ kind: z.literal('reset') }), refused, wrongPassphrase]),
  },
  /** The passphrase once more, for this very call; it holds a minute and once. */
  confirm: {
    input: z.object({ operation: z.string().max(100), input: z.unknown(), passphrase }),
    output: z.discriminatedUnion('kind', [z.object({ kind: z.literal('confirmed') }), wrongPassphrase]),
  },
} satisfies Service

export const peopleEvents = {
  changed: z.object({ at: z.number() }),
} satisfies EventMap
