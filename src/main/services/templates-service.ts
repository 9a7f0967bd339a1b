/** A hospital's own templates of the entry screen: sealed in its folder, for whoever has a session; shared as plain files. */
import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Handlers } from '../../shared/contract/kit.ts'
import {
  type StoredTemplate,
  type templates as templatesContract,
  visitTemplate,
} from '../../shared/contract/templates.ts'
import { utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { openRow, sealRow } from '../patients/patient-row.ts'
import { errorCode, writeFileAtomic } from '../profile/atomic-file.ts'
import { codesFolderOf } from '../profile/code-lists-folder.ts'
import { asWritingFailure } from '../profile/profile-failure.ts'
import { atDesk, leaseOf, profileOf, readAtDesk, type Desk, type ServiceContext } from './context.ts'
import { plainFileName, readSmallFile } from './files.ts'

const FILE = 'templates.sealed'
const DOMAIN = utf8Encode('consilium/entry-templates/1')
const FILE_FORMAT = 'consilium-template/1'
const TEMPLATES_MAX = 200

const stored = z.object({ format: z.literal(1), templates: z.array(visitTemplate) })
const shared = z.object({ format: z.literal(FILE_FORMAT), template: visitTemplate })

export function createTemplatesService(context: ServiceContext): Handlers<typeof templatesContract> {
  const inTurn = <T>(work: (desk: Desk) => Promise<T>): Promise<T> =>
    profileOf(context).inTurn(() => atDesk(context, work))

  /** With the given one in place of the one that has its id; null where there are too many. */
  async function put(desk: Desk, given: Omit<StoredTemplate, 'version'>): Promise<StoredTemplate[] | null> {
    const before = await load(desk)
    const version = (before.find(({ id }) => id === given.id)?.version ?? 0) + 1
    const others = before.filter(({ id }) => id !== given.id)
    if (others.length >= TEMPLATES_MAX) return null
    const next = [...others, { ...given, version }].sort((a, b) => (a.en < b.en ? -1 : 1))
    await save(desk, next)
    return next
  }

  return {
    list: () => readAtDesk(context, load),
    save: (given) =>
      inTurn(async (desk) => {
        const next = await put(desk, given)
        return next === null ? { kind: 'too-many' } : { kind: 'saved', templates: next }
      }),
    remove: ({ id }) =>
      inTurn(async (desk) => {
        const next = (await load(desk)).filter((each) => each.id !== id)
        await save(desk, next)
        return next
      }),
    async exportFile({ id }) {
      const template = (await readAtDesk(context, load)).find((each) => each.id === id)
      if (template === undefined) return { path: null }
      const path = await context.desktop.chooseSavePath({
        purpose: 'template',
        defaultName: `${plainFileName(template.en)}.json`,
      })
      if (path === null) return { path: null }
      try {
        await writeFileAtomic(path, `${JSON.stringify({ format: FILE_FORMAT, template }, null, 2)}\n`)
      } catch (error) {
        throw asWritingFailure(error, path) ?? error
      }
      return { path }
    },
    async importFile() {
      leaseOf(context)
      const [path] = await context.desktop.chooseFiles({
        purpose: 'template',
        folders: false,
        several: false,
      })
      if (path === undefined) return { kind: 'closed' }
      const bytes = await readSmallFile(path)
      const parsed = shared.safeParse(bytes === null ? null : asJson(bytes))
      if (!parsed.success) return { kind: 'not-a-template' }
      return inTurn(async (desk) => {
        const { version: _version, ...template } = parsed.data.template
        // What this hospital has under that id may have been changed here: both stay.
        const isKnown = (await load(desk)).some((each) => each.id === template.id)
        const id = isKnown ? newTemplateId() : template.id
        const next = await put(desk, { ...template, id })
        return next === null ? { kind: 'too-many' } : { kind: 'saved', templates: next, id }
      })
    },
  }
}

const newTemplateId = (): string => `own-${randomBytes(8).toString('hex')}`

const pathOf = ({ profile }: Desk): string => join(codesFolderOf(profile.folder), FILE)

/** None where the file does not open under these keys: it is begun anew, like everything that is only convenient. */
async function load(desk: Desk): Promise<StoredTemplate[]> {
  const key = sealingKey(desk.keys.patientIndex)
  try {
    const parsed = stored.safeParse(openRow(key, DOMAIN, new Uint8Array(await readFile(pathOf(desk)))))
    return parsed.success ? parsed.data.templates : []
  } catch (error) {
    if (errorCode(error) === null) throw error
    return []
  } finally {
    key.fill(0)
  }
}

async function save(desk: Desk, templates: readonly StoredTemplate[]): Promise<void> {
  const key = sealingKey(desk.keys.patientIndex)
  const sealed = sealRow(key, DOMAIN, { format: 1, templates })
  key.fill(0)
  await mkdir(codesFolderOf(desk.profile.folder), { recursive: true, mode: 0o700 })
  await writeFileAtomic(pathOf(desk), sealed)
}

function sealingKey(patientIndexKey: Bytes): Bytes {
  return new Uint8Array(createHmac('sha256', patientIndexKey).update(DOMAIN).digest())
}

function asJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes))
  } catch {
    return null
  }
}
