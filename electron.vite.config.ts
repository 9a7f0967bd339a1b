import { existsSync, readdirSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { contractNames } from './src/shared/contract/names.ts'

const root = import.meta.dirname
const at = (path: string) => resolve(root, path)

/** `src/main/workers/fit.worker.ts` becomes `out/main/worker-fit.js` (see src/main/workers/worker-url.ts). */
function workerEntries(): Record<string, string> {
  const folder = at('src/main/workers')
  if (!existsSync(folder)) return {}
  const files = readdirSync(folder).filter((file) => file.endsWith('.worker.ts'))
  return Object.fromEntries(
    files.map((file) => [`worker-${basename(file, '.worker.ts')}`, resolve(folder, file)]),
  )
}

/** The page names the chunk of `page-policy.ts` before its entry, which would evaluate it after all else that it imports. */
const pagePolicyFirst: Plugin = {
  name: 'page-policy-first',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle }) {
      if (bundle === undefined) return [] // the development server evaluates what main.tsx imports in order
      const chunk = Object.values(bundle).find(({ name }) => name === 'page-policy')
      if (chunk === undefined) throw new Error('the page has no policy')
      const attrs = { type: 'module', src: `./${chunk.fileName}` }
      return [{ tag: 'script', attrs, injectTo: 'head-prepend' }]
    },
  },
}

export default defineConfig({
  main: {
    build: {
      // The command line and the workers also run on plain Node 20, so the whole build stays at that level.
      target: 'node20.19',
      // What package.json names under "dependencies" stays an import: ESM, found in node_modules or in the asar. But for one that every
      // thread would read from some eighty files, a third of its start; of these most are words in other languages, which are left out.
      externalizeDeps: { exclude: ['zod'] },
      sourcemap: true,
      rolldownOptions: {
        input: { main: at('src/main/main.ts'), cli: at('src/main/cli/main.ts'), ...workerEntries() },
        // One flat folder, so that './worker-x.js' is right from every file of it.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    // The bridge needs the names of the contract only; the schemas would add 90 kB to each start.
    define: { __CONTRACT_NAMES__: JSON.stringify(contractNames) },
    build: {
      target: 'node24.15',
      externalizeDeps: false, // a sandboxed preload cannot require from node_modules
      rolldownOptions: {
        input: { preload: at('src/preload/preload.ts') },
        // A sandboxed preload must be one CommonJS file; .cjs because package.json says "type": "module".
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react(), pagePolicyFirst],
    build: {
      target: 'chrome148',
      minify: true,
      sourcemap: true,
      // Nothing inlined: the content security policy allows no data: scripts and fonts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: { index: at('src/renderer/index.html') },
        // A chunk of its own, so that it can be named first; within another it would come after that one's imports.
        output: {
          codeSplitting: {
            groups: [{ name: 'page-policy', test: /renderer\/(page-policy|lib\/trusted-types)\.ts$/ }],
          },
        },
      },
    },
  },
})
