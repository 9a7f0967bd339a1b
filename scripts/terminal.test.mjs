import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const library = new URL('./lib/terminal.mjs', import.meta.url).href

describe('run', () => {
  it('begins nothing new once somebody asked to stop, and says so by its exit code', async () => {
    const script = `
      import { run } from '${library}'
      setTimeout(() => console.log('started'), 300)
      await Promise.all([run('sleep', ['60']), run('sleep', ['61'])])
      console.log('went on')
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
      if (output.includes('started')) child.kill('SIGTERM')
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(143)
    expect(output).not.toContain('went on')
  })

  it('gives the exit code and the output without colours', async () => {
    const { run } = await import('./lib/terminal.mjs')
    const options = { show: 'captured' }
    const coloured = "process.stdout.write('\\x1b[31mred\\x1b[0m'); process.exit(3)"
    expect(await run(process.execPath, ['-e', coloured], options)).toEqual({ code: 3, output: 'red' })
    expect((await run('no-such-program', [], options)).code).toBe(127)
    expect((await run('sleep', ['60'], { ...options, limitMs: 200 })).code).toBe(124)
  })
})
