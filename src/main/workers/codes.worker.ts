/** The thread that holds the code lists: searching, naming, and reading files of codes, beside the window's thread. */
import { parentPort } from 'node:worker_threads'
import { present } from '../../shared/std/assert.ts'
import { keepCodeFile, previewCodeFile } from '../codes/code-file.ts'
import type { CodesCalls } from '../codes/codes-calls.ts'
import { loadEdition } from '../codes/edition-file.ts'
import { createListHolder } from '../codes/list-holder.ts'
import { speak } from './calls.ts'

const lists = createListHolder()

speak<Record<string, never>, CodesCalls>(present(parentPort), {
  use: (input) => lists.use(input),
  search: ({ list, text, limit, boosts }) => lists.search(list, text, limit, new Map(boosts)),
  names: ({ codes }) => lists.names(codes),
  isWhole: async ({ path, hash }) => (await loadEdition(path, hash)) !== null,
  preview: previewCodeFile,
  keep: keepCodeFile,
})
