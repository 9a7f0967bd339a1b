// Talking to the person at the terminal, and running other programs. Standard library only: runs before `npm ci`.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** To standard error, so that standard output stays for results. */
export const say = (text) => void process.stderr.write(`${text}\n`)

/** Asks when a person is at the terminal; otherwise the answer is yes, after saying what is done. */
export async function agree(question) {
  if (!process.stdin.isTTY || !process.stderr.isTTY || process.env.CI) return true
  const dialogue = createInterface({ input: process.stdin, output: process.stderr })
  const reply = await dialogue.question(`${question} [Y/n] `)
  dialogue.close()
  return !/^\s*n/i.test(reply)
}

const COLOURS = /\x1b\[[0-9;]*m/g
const running = new Set()
/** Set once somebody asks us to stop: the programs under way end first, and nothing new begins. */
let stopCode = 0
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
]) {
  process.on(signal, () => {
    stopCode = 128 + number
    if (running.size === 0) process.exit(stopCode)
    for (const child of running) child.kill(signal)
  })
}

/**
 * Runs a program to its end.
 * @param options.show 'live' passes its output on, 'captured' returns it
 * @returns {Promise<{ code: number, output: string }>} code 127 when it cannot be started, 124 after `limitMs`
 */
export function run(command, args, { show = 'live', limitMs = 0, cwd = root, env = process.env } = {}) {
  return new Promise((resolve) => {
    const stdio = show === 'live' ? 'inherit' : ['ignore', 'pipe', 'pipe']
    const child = spawn(command, args, { cwd, env, stdio })
    running.add(child)
    let output = ''
    child.stdout?.on('data', (data) => (output += data))
    child.stderr?.on('data', (data) => (output += data))
    let isLate = false
    const timer =
      limitMs > 0 &&
      setTimeout(() => {
        isLate = true
        child.kill('SIGTERM')
        setTimeout(() => child.kill('SIGKILL'), 3000).unref()
      }, limitMs)
    const finish = (code) => {
      clearTimeout(timer)
      running.delete(child)
      if (stopCode !== 0) {
        if (running.size === 0) process.exit(stopCode)
        return // whoever waits for this one waits until the others have ended too
      }
      resolve({ code, output: output.replace(COLOURS, '') })
    }
    child.on('error', (error) => {
      output += String(error)
      finish(127)
    })
    child.on('close', (code) => finish(isLate ? 124 : (code ?? 1)))
  })
}

/** npm as it was called, or the one on the path. */
export function npm(args, options) {
  const path = process.env.npm_execpath
  if (path?.endsWith('.js')) return run(process.execPath, [path, ...args], options)
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options)
}

/** A tool of node_modules, started without the shell that npx would add. */
export const tool = (path, args, options) =>
  run(process.execPath, [`${root}/node_modules/${path}`, ...args], options)

export const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`

/** Takes `name` out of `args`; whether it was there. */
export function takeFlag(args, name) {
  const at = args.indexOf(name)
  if (at >= 0) args.splice(at, 1)
  return at >= 0
}

/** Takes `name VALUE` out of `args`; the value or null. */
export function takeValue(args, name) {
  const at = args.indexOf(name)
  return at >= 0 ? (args.splice(at, 2)[1] ?? null) : null
}
