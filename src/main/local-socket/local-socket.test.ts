import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import { readControl } from './address.ts'
import { answerFrom, askedDesktop } from './asked-desktop.ts'
import { connectLocal } from './client.ts'
import { serveLocalSocket, type Caller, type LocalSocketOptions } from './server.ts'

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-socket-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const echo = (): Caller => ({
  userKeyId: null,
  dispatch: async (name, input) => ({ ok: true, value: { name, input } }),
  close: () => {},
})
const welcome: LocalSocketOptions['welcome'] = async (credentials, emit) => {
  if (credentials?.passphrase === 'wrong') throw new Failure({ code: 'wrong-passphrase', detail: '1' })
  emit('node', 'statusChanged', { height: 1 })
  return { ...echo(), userKeyId: credentials && `key of ${credentials.passphrase}` }
}

describe('the local socket', () => {
  it('carries calls, answers and events', async () => {
    const folder = await freshFolder()
    const server = await serveLocalSocket({ folder, welcome })
    const connected = await connectLocal(folder, 'right')
    if (connected.kind !== 'connected') throw new Error(connected.kind)
    expect(connected.userKeyId).toBe('key of right')
    const text = '字'.repeat(100_000) // many chunks, cut inside characters
    const replies = await Promise.all([
      connected.client.call('a.b', { x: 1 }),
      connected.client.call('c.d', text),
    ])
    expect(replies).toEqual([
      { ok: true, value: { name: 'a.b', input: { x: 1 } } },
      { ok: true, value: { name: 'c.d', input: text } },
    ])
    connected.client.close()
    await server.close()
  })

  it('asks the person at the other end for a file or their page in print, and nobody where there is no window', async () => {
    const folder = await freshFolder()
    const server = await serveLocalSocket({
      folder,
      welcome: async (_credentials, _emit, ask) => {
        const desktop = askedDesktop(ask)
        return {
          userKeyId: null,
          dispatch: async () => ({
            ok: true,
            value: [
              await desktop.chooseFolder({ purpose: 'backup' }),
              await desktop.chooseFiles({ purpose: 'membership', folders: false, several: true }),
              await desktop.chooseSavePath({ purpose: 'rejects', defaultName: 'rejects.csv' }),
              toHex((await desktop.printPage()) ?? new Uint8Array()),
            ],
          }),
          close: () => {},
        }
      },
    })
    const [window, terminal, broken] = await Promise.all([1, 2, 3].map(() => connectLocal(folder, null)))
    if (window?.kind !== 'connected' || terminal?.kind !== 'connected' || broken?.kind !== 'connected')
      throw new Error('not connected')
    const asked: unknown[] = []
    window.client.onAsk(
      answerFrom({
        chooseFolder: async ({ purpose }) => (asked.push(purpose), '/folder'),
        chooseFiles: async ({ several }) => (asked.push(several), ['/one', '/two']),
        chooseSavePath: async ({ defaultName }) => (asked.push(defaultName), null),
        printPage: async () => Uint8Array.of(0x25, 0x50, 0xff, 0),
      }),
    )
    broken.client.onAsk(() => Promise.reject(new Error('the window is gone')))
    expect(await window.client.call('any')).toEqual({
      ok: true,
      value: ['/folder', ['/one', '/two'], null, '2550ff00'],
    })
    expect(asked).toEqual(['backup', true, 'rejects.csv'])
    const nobody = { ok: true, value: [null, [], null, ''] }
    expect(await terminal.client.call('any')).toEqual(nobody)
    expect(await broken.client.call('any')).toEqual(nobody)
    await server.close()
  })

  it('answers a wrong passphrase by its code, and nobody when nobody listens', async () => {
    const folder = await freshFolder()
    expect(await connectLocal(folder, null)).toEqual({ kind: 'nobody' })
    const server = await serveLocalSocket({ folder, welcome })
    expect(await connectLocal(folder, 'wrong')).toMatchObject({ kind: 'refused', code: 'wrong-passphrase' })
    await server.close()
    expect(await connectLocal(folder, null)).toEqual({ kind: 'nobody' })
    expect(await readControl(folder)).toBeNull()
  })

  it('is for the same user alone, also where the folder has a long name', async () => {
    if (process.platform === 'win32') return
    for (const name of ['short', 'x'.repeat(150)]) {
      const folder = join(await freshFolder(), name)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const server = await serveLocalSocket({ folder, welcome })
      const control = (await readControl(folder))!
      expect((await stat(control.address)).mode & 0o777).toBe(0o600)
      expect((await stat(join(folder, 'control.json'))).mode & 0o777).toBe(0o600)
      expect((await stat(join(control.address, '..'))).mode & 0o77).toBe(0)
      expect((await connectLocal(folder, null)).kind).toBe('connected')
      await server.close()
    }
  })

  it('says nothing to a caller without the token, and drops a call before the hello', async () => {
    const folder = await freshFolder()
    const server = await serveLocalSocket({ folder, welcome })
    const { address, token } = JSON.parse(await readFile(join(folder, 'control.json'), 'utf8')) as {
      address: string
      token: string
    }
    const say = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(address)
        let heard = ''
        socket.on('data', (chunk) => (heard += chunk.toString()))
        socket.on('close', () => resolve(heard))
        socket.on('error', () => {})
        socket.write(text)
      })
    expect(await say(`{"hello":{"token":"${'0'.repeat(token.length)}"}}\n`)).toBe('')
    expect(await say('{"id":1,"call":"node.status"}\n')).toBe('')
    expect(await say('not json\n')).toBe('')
    await server.close()
  })

  it('ends waiting calls when the process goes away', async () => {
    const folder = await freshFolder()
    const server = await serveLocalSocket({
      folder,
      welcome: async () => ({ userKeyId: null, dispatch: () => new Promise(() => {}), close: () => {} }),
    })
    const connected = await connectLocal(folder, null)
    if (connected.kind !== 'connected') throw new Error(connected.kind)
    const pending = connected.client.call('a.b')
    await server.close()
    expect(await pending).toEqual({ ok: false, error: { code: 'connection-lost' } })
  })
})
