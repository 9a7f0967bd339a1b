/**
 * A demonstration consortium on disk: a folder with a profile for each member and `demonstration.json`, which marks it as
 * made up, so that it may be deleted when another one takes its place.
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { locale, type Locale, type Role } from '../../shared/contract/app.ts'
import { DEMONSTRATION_PASSPHRASE } from '../headless.ts'
import { POPULATIONS, type Population } from '../../shared/domain/populations.ts'
import type { MemberKind } from '../node/chain/members.ts'
import { foundTogether } from '../node/founding.ts'
import { readTextFile, writeFileAtomic } from '../profile/atomic-file.ts'
import { createFoundedProfile, type ProfileWorld } from '../profile/open-profile.ts'
import { CONSORTIUM_NAME, DEMONSTRATION_CAST, PERSON_NAME } from './cast.ts'
import { DEMONSTRATION_POLICY } from './demonstration-policy.ts'

export interface DemonstrationFolder {
  readonly folder: string
  readonly personName: string
  readonly patients: number
  readonly seed: string
  readonly population: Population
  readonly members: readonly {
    readonly folder: string
    readonly kind: MemberKind
    readonly roles: readonly Role[]
  }[]
  /** The short name of a member's folder. */
  nameOf(memberFolder: string): string
}

const MARK = 'demonstration.json'
const mark = z.object({
  format: z.literal(1),
  locale,
  patients: z.number().int().min(1).max(100_000),
  seed: z.string().min(1).max(64),
  population: z.enum(POPULATIONS).default('everybody'),
})

/** Made-up people behind a passphrase that everybody knows: the cost of guessing it protects nothing. */
const SCRYPT_COST = 2 ** 12
const ZONE = 'Asia/Taipei'

/**
 * Founds the six members with one founding document. The mark is written last: a folder without it is no demonstration.
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
    members: DEMONSTRATION_CAST.map(({ name, kind, roles }) => ({
      institutionName: name[options.locale],
      personName: PERSON_NAME[options.locale],
      roles,
      kind,
      isVoter: kind === 'hospital',
    })),
  })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  for (const [i, { folder: name, name: names }] of DEMONSTRATION_CAST.entries())
    await createFoundedProfile({ ...world, scryptCost: SCRYPT_COST }, founded[i]!, {
      folder: join(folder, name),
      institutionName: names[options.locale],
      passphrase: DEMONSTRATION_PASSPHRASE,
      zone: ZONE,
      isSynthetic: true,
    })
  const marked = { format: 1 as const, population: 'everybody' as const, ...options }
  await writeFileAtomic(join(folder, MARK), JSON.stringify(marked))
  return describe(folder, marked)
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
  { locale: language, patients, seed, population }: z.output<typeof mark>,
): DemonstrationFolder {
  return {
    folder,
    personName: PERSON_NAME[language],
    patients,
    seed,
    population,
    members: DEMONSTRATION_CAST.map(({ folder: name, kind, roles }) => ({
      folder: join(folder, name),
      kind,
      roles,
    })),
    nameOf: (memberFolder) => basename(memberFolder),
  }
}
