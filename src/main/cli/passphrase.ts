/**
 * The passphrase of an unattended start: a file named in CONSILIUM_PASSPHRASE_FILE, CONSILIUM_PASSPHRASE itself, or
 * standard input. Both variables are removed at once, so that no child process inherits them.
 */
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

export interface PassphraseWorld {
  readonly env: Record<string, string | undefined>
  readonly stdin: NodeJS.ReadStream
  readonly stderr: NodeJS.WriteStream
}

export type FoundPassphrase =
  { kind: 'given'; passphrase: string } | { kind: 'none' } | { kind: 'unreadable'; path: string }

/** @param isNeeded asks on the terminal, or reads a piped line, only when the command cannot do without */
export async function findPassphrase(world: PassphraseWorld, isNeeded: boolean): Promise<FoundPassphrase> {
  const path = world.env['CONSILIUM_PASSPHRASE_FILE']
  const direct = world.env['CONSILIUM_PASSPHRASE']
  delete world.env['CONSILIUM_PASSPHRASE_FILE']
  delete world.env['CONSILIUM_PASSPHRASE']
  if (path !== undefined && path !== '') {
    try {
      return given(withoutNewline(await readFile(path, 'utf8')))
    } catch {
      return { kind: 'unreadable', path }
    }
  }
  if (direct !== undefined && direct !== '') return given(direct)
  if (!isNeeded) return { kind: 'none' }
  return world.stdin.isTTY ? askOnTerminal(world) : readPipe(world.stdin)
}

function given(passphrase: string): FoundPassphrase {
  return passphrase === '' ? { kind: 'none' } : { kind: 'given', passphrase }
}

/** The first line of what is piped in; nothing when the pipe is closed without one. */
async function readPipe(stdin: NodeJS.ReadStream): Promise<FoundPassphrase> {
  let text = ''
  for await (const chunk of stdin) {
    text += String(chunk)
    if (text.includes('\n') || text.length > 4096) break
  }
  return given(text.split(/\r?\n/, 1)[0]!)
}

/** Asks without showing what is typed. */
async function askOnTerminal({ stdin, stderr }: PassphraseWorld): Promise<FoundPassphrase> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: stdin, output: silent, terminal: true })
  stderr.write('Passphrase: ')
  const typed = await new Promise<string>((resolve) => {
    terminal.question('', resolve)
    terminal.once('close', () => resolve(''))
  })
  terminal.close()
  stderr.write('\n')
  return given(typed)
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '')
}
