#!/usr/bin/env node
// The command line on plain Node >= 20.19. The code is built by `npm run build`.
import { existsSync } from 'node:fs'
import './polyfill-node20.mjs'

const built = new URL('../out/main/cli.js', import.meta.url)
if (existsSync(built)) {
  await import(built.href)
} else {
  process.stderr.write(
    'The program is not built yet. Nothing was done. Run `npm run build`, then try again.\n',
  )
  process.stdout.write('{"ok":false,"error":{"code":"not-built"}}\n')
  process.exitCode = 1
}
