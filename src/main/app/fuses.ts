/**
 * Reads the fuses of an Electron executable: switches that are burnt into the binary behind a sentinel
 * (Electron's documentation, "Electron Fuses"), so that the self-test can say which build it runs in.
 */
import { open } from 'node:fs/promises'

const SENTINEL = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX')
const NAMES = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'embeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const
export type FuseName = (typeof NAMES)[number]
export type FuseState = 'on' | 'off' | 'removed'
const STATE_OF_BYTE: Readonly<Record<number, FuseState>> = { 0x30: 'off', 0x31: 'on', 0x72: 'removed' }

/** What a shipped build must have; the rest depends on the platform. */
export const SHIPPING_FUSES: Readonly<Partial<Record<FuseName, FuseState>>> = {
  runAsNode: 'off',
  cookieEncryption: 'on',
  nodeOptions: 'off',
  nodeCliInspect: 'off',
  onlyLoadAppFromAsar: 'on',
  grantFileProtocolExtraPrivileges: 'off',
}

/** The state of each known fuse, or null when the file has no fuses. */
export async function readFuses(path: string): Promise<Partial<Record<FuseName, FuseState>> | null> {
  const file = await open(path, 'r')
  try {
    const chunk = Buffer.alloc(8 << 20)
    const overlap = SENTINEL.length + 2 + NAMES.length
    for (let position = 0; ; position += chunk.length - overlap) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
      const at = chunk.subarray(0, bytesRead).indexOf(SENTINEL)
      if (at >= 0 && at + overlap <= bytesRead)
        return decodeWire(chunk.subarray(at + SENTINEL.length, at + overlap))
      if (bytesRead < chunk.length) return null
    }
  } finally {
    await file.close()
  }
}

/** Version byte, length byte, then one character for each fuse. */
function decodeWire(wire: Buffer): Partial<Record<FuseName, FuseState>> | null {
  if (wire[0] !== 1) return null
  const states: Partial<Record<FuseName, FuseState>> = {}
  for (const [index, name] of NAMES.entries()) {
    const state = index < wire[1]! ? STATE_OF_BYTE[wire[2 + index]!] : undefined
    if (state !== undefined) states[name] = state
  }
  return states
}
