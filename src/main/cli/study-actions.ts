/** What the actions of `consilium study` share. */
import { resolve } from 'node:path'
import type { Bytes } from '../../shared/std/bytes.ts'
import { saveSmallFile } from '../services/files.ts'
import type { Arguments } from './arguments.ts'
import { failed, type CommandResult, type CommandWorld } from './commands.ts'

export interface StudyAction {
  readonly usage: string
  /** Beside `--profile`. */
  readonly options?: readonly string[]
  readonly flags?: readonly string[]
  /** Least and greatest number of arguments after the action's own name. */
  readonly rest: readonly [least: number, greatest: number]
  /** @param given without the action's own name */
  run(given: Arguments, world: CommandWorld): Promise<CommandResult>
}

/** Writes each file that has a place; what could not be written, as the command's answer. */
export async function saveFiles(
  files: readonly (readonly [path: string | undefined, bytes: Bytes])[],
): Promise<CommandResult | null> {
  for (const [path, bytes] of files)
    if (path !== undefined && !(await saveSmallFile(resolve(path), bytes)))
      return failed('not-writable', { file: path })
  return null
}
