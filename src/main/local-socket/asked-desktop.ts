/**
 * The dialogs of whoever is at the other end of a local socket. A process without a window has nobody to ask; the window that
 * looks at its institution has, and both see the same files.
 */
import { noDesktop, type Desktop } from '../desktop.ts'
import { LINE_BYTES_MAX } from './frames.ts'
import type { Ask } from './server.ts'

type Dialogs = Pick<Desktop, 'chooseFolder' | 'chooseFiles' | 'chooseSavePath' | 'printPage'>
/** A page in print that would not fit into one line is not handed over: the line would break. */
const PRINTED_MAX = LINE_BYTES_MAX / 2

/** The side of the process that asks. */
export function askedDesktop(ask: Ask): Desktop {
  const path = (answer: unknown): string | null => (typeof answer === 'string' ? answer : null)
  return {
    ...noDesktop,
    chooseFolder: async (about) => path(await ask('chooseFolder', about)),
    async chooseFiles(about) {
      const answer = await ask('chooseFiles', about)
      return Array.isArray(answer) ? answer.filter((each) => typeof each === 'string') : []
    },
    chooseSavePath: async (about) => path(await ask('chooseSavePath', about)),
    async printPage() {
      const answer = await ask('printPage', null)
      return typeof answer === 'string' ? new Uint8Array(Buffer.from(answer, 'base64')) : null
    },
  }
}

/** The side of the process that has the window. What it does not know it answers with null. */
export function answerFrom(desktop: Dialogs): Ask {
  return async (what, input) => {
    if (what === 'chooseFolder') return desktop.chooseFolder(input as Parameters<Desktop['chooseFolder']>[0])
    if (what === 'chooseFiles') return desktop.chooseFiles(input as Parameters<Desktop['chooseFiles']>[0])
    if (what === 'chooseSavePath')
      return desktop.chooseSavePath(input as Parameters<Desktop['chooseSavePath']>[0])
    if (what === 'printPage') {
      const printed = await desktop.printPage()
      return printed === null || printed.length > PRINTED_MAX ? null : Buffer.from(printed).toString('base64')
    }
    return null
  }
}
