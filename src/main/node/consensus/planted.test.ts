import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('no product code can switch on a planted bug', () => {
  const importers: string[] = []
  const builders: string[] = []
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      if (statSync(path).isDirectory()) walk(path)
      else if (/\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name)) {
        const text = readFileSync(path, 'utf8')
        if (/from '[^']*\/planted\.ts'/.test(text)) importers.push(path)
        if (/\bbuildEngine\b/.test(text)) builders.push(path)
      }
    }
  }
  walk('src')
  expect(importers).toEqual([])
  expect(builders.sort()).toEqual([
    join('src/main/node/consensus/engine/engine.ts'),
    join('src/main/node/consensus/engine/planted.ts'),
  ])
})
