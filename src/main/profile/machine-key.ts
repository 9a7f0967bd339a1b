/**
 * `machine.json`: a random key that only this machine's store of secrets opens, and what lies under it by explicit choice.
 *
 *     machine key = 32 random bytes, sealed by the operating system
 *     start       = the key of the node's section, so that the node starts while nobody is there; never that of a session
 *     layer       = all of keys.json, so that whoever has the disk has nothing to try passphrases on
 *
 * Both under AES-256-GCM with hkdf-sha256(machine key, "consilium/machine/1/" ‖ start or layer). Nothing of it is in a backup.
 */
import { hkdfSync } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { fromHex, toHex, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { openGcm, sealGcm } from '../node/vault/gcm.ts'
import { readTextFile, writeFileAtomic } from './atomic-file.ts'
import type { SecretStore } from './secret-store.ts'

const FILE = 'machine.json'
const FORMAT = 1
/** `keys.json` under the layer; an older program reads a newer format and refuses. */
const LAYER_FORMAT = 3

const hex = z.string().regex(/^([0-9a-f]{2})+$/)
const machineFile = z.object({
  format: z.literal(FORMAT),
  /** The machine key, sealed by the operating system. */
  key: hex,
  start: hex.nullable(),
})
export type MachineFile = z.infer<typeof machineFile>
const layerFile = z.object({ format: z.literal(LAYER_FORMAT), sealed: hex })

/** Null where nothing was chosen; what cannot be read counts as that: the passphrase is asked for as ever. */
export async function loadMachine(folder: string): Promise<MachineFile | null> {
  try {
    const parsed = machineFile.safeParse(JSON.parse((await readTextFile(join(folder, FILE))) ?? 'null'))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

export async function saveMachine(folder: string, file: Omit<MachineFile, 'format'> | null): Promise<void> {
  if (file === null) await rm(join(folder, FILE), { force: true })
  else await writeFileAtomic(join(folder, FILE), `${JSON.stringify({ format: FORMAT, ...file })}\n`)
}

/** The machine key; null where there is none, or this is another machine or user. */
export async function openMachineKey(folder: string, store: SecretStore): Promise<Bytes | null> {
  const file = await loadMachine(folder)
  const key = file && (await store.open(fromHex(file.key)))
  return key?.length === 32 ? key : null
}

export const sealStart = (machineKey: Bytes, sectionKey: Bytes): string =>
  toHex(sealGcm(derive(machineKey, 'start'), AAD, sectionKey))
export const openStart = (machineKey: Bytes, start: string): Bytes | null =>
  openGcm(derive(machineKey, 'start'), AAD, fromHex(start))

export const isLayered = (text: string): boolean => layerOf(text) !== null

/** By folder: the machine key of profiles that are open under the layer. */
const held = new Map<string, Bytes>()
export const holdLayer = (folder: string, machineKey: Bytes): void => {
  dropLayer(folder)
  held.set(resolve(folder), machineKey.slice())
}
export function dropLayer(folder: string): void {
  held.get(resolve(folder))?.fill(0)
  held.delete(resolve(folder))
}
export const isLayerHeld = (folder: string): boolean => held.has(resolve(folder))

/** What goes to the disk: under the layer where one is held. */
export function layeredText(folder: string, text: string): string {
  const key = held.get(resolve(folder))
  if (key === undefined) return text
  const sealed = toHex(sealGcm(derive(key, 'layer'), AAD, utf8Encode(text)))
  return `${JSON.stringify({ format: LAYER_FORMAT, sealed })}\n`
}

/** What lies on the disk, without the layer; null where its key is not held, `damaged` where it does not open with it. */
export function plainText(folder: string, text: string): string | 'damaged' | null {
  const layer = layerOf(text)
  if (layer === null) return text
  const key = held.get(resolve(folder))
  if (key === undefined) return null
  const opened = openGcm(derive(key, 'layer'), AAD, fromHex(layer.sealed))
  return opened === null ? 'damaged' : utf8Decode(opened)
}

/** As `plainText`, for whoever holds the machine key in hand and nothing in the map; null where it does not open. */
export function textUnder(machineKey: Bytes, text: string): string | null {
  const layer = layerOf(text)
  if (layer === null) return text
  const opened = openGcm(derive(machineKey, 'layer'), AAD, fromHex(layer.sealed))
  return opened === null ? null : utf8Decode(opened)
}

const AAD = utf8Encode('consilium/machine/1')

function derive(machineKey: Bytes, what: 'start' | 'layer'): Bytes {
  return new Uint8Array(hkdfSync('sha256', machineKey, new Uint8Array(0), `consilium/machine/1/${what}`, 32))
}

function layerOf(text: string): z.infer<typeof layerFile> | null {
  try {
    const parsed = layerFile.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
