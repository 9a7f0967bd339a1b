// Makes one runnable folder from TypeScript entries, for what is not part of the application: benchmarks, the
// simulator, long tests. Worker entries are put beside them, as in the application (src/main/workers/worker-url.ts).
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root, run } from './terminal.mjs'

/**
 * @param {Record<string, string>} entries name of the output (without .js) → path of the source
 * @param {string} folder where to put them, inside .cache
 * @param {Record<string, string>} [replaced] path of a source → other code for it: a program as it may be one day
 * @returns what was made, by file
 */
export async function bundle(entries, folder, replaced = {}) {
  const { build } = await import('vite')
  const { output } = await build({
    root,
    configFile: false,
    plugins: [replacing(replaced)],
    logLevel: 'warn',
    // As in the application (electron.vite.config.ts).
    ssr: { noExternal: ['zod'] },
    build: {
      ssr: true,
      target: 'node20.19',
      outDir: folder,
      emptyOutDir: true,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input: { ...entries, ...workerEntries() },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  })
  return output
}

function replacing(replaced) {
  return {
    name: 'consilium-replacing',
    load: (id) => replaced[id.replace(/\?.*$/, '')] ?? null,
  }
}

/** The source files whose code an entry runs in its own thread, sorted. */
export function sourcesOf(output, entry) {
  const chunks = new Map(
    output.filter(({ type }) => type === 'chunk').map((chunk) => [chunk.fileName, chunk]),
  )
  const reached = new Set()
  const reach = (name) => {
    const chunk = chunks.get(name)
    if (chunk === undefined || reached.has(chunk)) return
    reached.add(chunk)
    for (const each of [...chunk.imports, ...chunk.dynamicImports]) reach(each)
  }
  reach(`${entry}.js`)
  const sources = [...reached].flatMap(({ moduleIds }) => moduleIds).map((id) => id.replace(/\?.*$/, ''))
  return [...new Set(sources)].filter((path) => existsSync(path)).sort()
}

/** Bundles `source` to `.cache/FOLDER` and runs it: source maps are on, the collector can be called (globalThis.gc). */
export async function runBundled(source, folder, args, options) {
  const target = join(root, '.cache', folder)
  const name = basename(source).replace(/(\.bench)?\.ts$/, '')
  await bundle({ [name]: source }, target)
  const flags = ['--enable-source-maps', '--expose-gc', '--import', join(root, 'bin/polyfill-node20.mjs')]
  return run(process.execPath, [...flags, join(target, `${name}.js`), ...args], options)
}

export function workerEntries() {
  const folder = join(root, 'src/main/workers')
  if (!existsSync(folder)) return {}
  const files = readdirSync(folder).filter((file) => file.endsWith('.worker.ts'))
  return Object.fromEntries(
    files.map((file) => [`worker-${basename(file, '.worker.ts')}`, join(folder, file)]),
  )
}
