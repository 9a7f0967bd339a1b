import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { folder, ownPorts } from './own-ports.test-kit.ts'

/** No process of this machine. */
const GONE = String(2 ** 22 + 1)

it('gives no port that a running process has, and one of a process that ended when it is chosen once more', async () => {
  const [mine, other, left] = [70_002, 70_004, 70_006]
  const fileOf = (port: number) => join(folder, String(port))
  mkdirSync(folder, { recursive: true })
  for (const port of [mine, other]) rmSync(fileOf(port), { force: true })
  writeFileSync(fileOf(left), GONE)
  const chosen = [mine, mine, other, left, left]
  const choose = () => Promise.resolve([chosen.shift()!])
  expect(await ownPorts(1, choose)).toEqual([mine])
  expect(await ownPorts(1, choose)).toEqual([other])
  expect(await ownPorts(1, choose)).toEqual([left])
  for (const port of [mine, other, left]) rmSync(fileOf(port))
})
