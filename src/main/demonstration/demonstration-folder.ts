/**
 * A demonstration consortium on disk: a folder with a profile for each member and `demonstration.json`, which marks it as
 * made up, so that it may be deleted when another one takes its place.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { locale, type Locale, type Role } from '../../shared/contract/app.ts'
import { POPULATIONS, type Population } from '../../shared/domain/populations.ts'
import { assert, present } from '../../shared/std/assert.ts'
import { DEMONSTRATION_PASSPHRASE } from '../headless.ts'
import type { InsurerShare } from '../generator/insured-with.ts'
import type { MemberKind } from '../node/chain/members.ts'
import { foundTogether } from '../node/founding.ts'
import { plainAccount } from '../node/vault/people.ts'
import { readTextFile, writeFileAtomic } from '../profile/atomic-file.ts'
import { createFoundedProfile, type ProfileWorld } from '../profile/open-profile.ts'
import { changePeopleOf } from '../profile/people-file.ts'
import {
  CONSORTIUM_NAME,
  DEMONSTRATION_CAST,
  MARKET_PATIENTS_LEAST,
  MARKET_SHARES,
  SILENT_INSURERS,
  type DemonstrationCharacter,
} from './cast.ts'
import { DEMONSTRATION_POLICY } from './demonstration-policy.ts'

export interface DemonstrationFolder {
  readonly folder: string
  /** In which it was made. */
  readonly locale: Locale
  readonly patients: number
  readonly seed: string
  readonly population: Population
  /** With whom people are insured who are: the insurer that runs comes first. */
  readonly insurers: readonly [InsurerShare, ...InsurerShare[]]
  /** Names of members that no node runs for. */
  readonly silent: readonly string[]
  /** Those that run. */
  readonly members: readonly {
    readonly folder: string
    readonly kind: MemberKind
    /** The first one founded it, and starts its node. */
    readonly people: readonly DemonstrationAccount[]
  }[]
  /** The short name of a member's folder. */
  nameOf(memberFolder: string): string
}

export interface DemonstrationAccount {
  readonly account: string
  readonly name: string
  readonly roles: readonly Role[]
}

const MARK = 'demonstration.json'
const mark = z.object({
  format: z.literal(1),
  locale,
  patients: z.number().int().min(1).max(100_000),
  seed: z.string().min(1).max(64),
  population: z.enum(POPULATIONS).default('everybody'),
  /** False for one that was founded when every member had one person. */
  hasColleagues: z.boolean().default(false),
  /** False for one that was founded with one insurer. */
  hasMarket: z.boolean().default(false),
})

/** Made-up people behind a passphrase that everybody knows: the cost of guessing it protects nothing. */
const SCRYPT_COST = 2 ** 12
const ZONE = 'Asia/Taipei'

/**
 * Founds all members with one founding document, and a profile for each that will run. The mark is written last: a folder without it is no demonstration.
 * @throws {ProfileFailure} `folder-not-empty`, `folder-not-writable`, `disk-full`
 */
export async function foundDemonstration(
  world: ProfileWorld,
  folder: string,
  options: {
    readonly locale: Locale
    readonly patients: number
    readonly seed: string
    readonly population?: Population
  },
): Promise<DemonstrationFolder> {
  const { crypto, random } = world
  const founded = foundTogether(crypto, random, world.now(), {
    name: CONSORTIUM_NAME[options.locale],
    policy: DEMONSTRATION_POLICY,
    members: [
      ...DEMONSTRATION_CAST.map(({ name, kind, people: [founder] }) => ({
        institutionName: name[options.locale],
        personName: founder.name[options.locale],
        roles: founder.roles,
        kind,
        isVoter: kind === 'hospital',
      })),
      ...SILENT_INSURERS.map(({ name }) => ({
        institutionName: name[options.locale],
        personName: name[options.locale],
        roles: [],
        kind: 'insurer' as const,
        isVoter: false,
      })),
    ],
  })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const [i, { folder: name, name: names, people }] of DEMONSTRATION_CAST.entries()) {
    const setting = { folder: join(folder, name), institutionName: names[options.locale] }
    await createFoundedProfile({ ...world, scryptCost: SCRYPT_COST }, founded[i]!, {
      ...setting,
      passphrase: DEMONSTRATION_PASSPHRASE,
      zone: ZONE,
      isSynthetic: true,
    })
    await addColleagues(world, setting.folder, accountsOf(people, options.locale))
  }
  const marked = {
    format: 1 as const,
    population: 'everybody' as const,
    hasColleagues: true,
    hasMarket: true,
    ...options,
  }
  await writeFileAtomic(join(folder, MARK), JSON.stringify(marked))
  return describe(folder, marked)
}

/** As an administrator does in the room “Settings”: the founder lets the others in. */
async function addColleagues(
  world: ProfileWorld,
  folder: string,
  [founder, ...others]: readonly DemonstrationAccount[],
): Promise<void> {
  const passphrase = DEMONSTRATION_PASSPHRASE
  for (const person of others) {
    const by = { account: founder!.account, passphrase }
    const added = await changePeopleOf(world, folder, by, { kind: 'add', ...person, passphrase })
    assert(added.kind === 'changed', 'people of the cast may be added')
  }
}

/** Null where the folder holds no demonstration. */
export async function loadDemonstration(folder: string): Promise<DemonstrationFolder | null> {
  const text = await readTextFile(join(folder, MARK)).catch(() => null)
  if (text === null) return null
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  const read = mark.safeParse(parsed)
  return read.success ? describe(folder, read.data) : null
}

export async function isDemonstration(folder: string): Promise<boolean> {
  return (await loadDemonstration(folder)) !== null
}

/** Deletes the demonstrations that lie in a folder, and nothing else. */
export async function removeDemonstrations(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => [])
  const removed: string[] = []
  for (const name of names) {
    const folder = join(parent, name)
    if (!(await isDemonstration(folder))) continue
    await rm(folder, { recursive: true, force: true })
    removed.push(folder)
  }
  return removed
}

function describe(
  folder: string,
  { locale: language, patients, seed, population, hasColleagues, hasMarket }: z.output<typeof mark>,
): DemonstrationFolder {
  const silent = hasMarket ? SILENT_INSURERS.map(({ name }) => name[language]) : []
  const running = present(DEMONSTRATION_CAST.find(({ kind }) => kind === 'insurer')).name[language]
  const further = patients >= MARKET_PATIENTS_LEAST ? silent : []
  return {
    folder,
    locale: language,
    patients,
    seed,
    population,
    insurers: [
      { name: running, share: MARKET_SHARES[0] },
      ...further.map((name, i) => ({ name, share: present(MARKET_SHARES[i + 1]) })),
    ],
    silent,
    members: DEMONSTRATION_CAST.map(({ folder: name, kind, people }) => ({
      folder: join(folder, name),
      kind,
      people: accountsOf(hasColleagues ? people : people.slice(0, 1), language),
    })),
    nameOf: (memberFolder) => basename(memberFolder),
  }
}

const accountsOf = (people: readonly DemonstrationCharacter[], language: Locale): DemonstrationAccount[] =>
  people.map(({ name, roles }) => ({ account: plainAccount(name[language]), name: name[language], roles }))
