// Packaging. `scripts/package.mjs` (what ships) and `scripts/package-test.mjs` (two folders for tests) call it.
//   ELECTRON_OVERRIDE_DIST_PATH   an unpacked Electron; without it electron-builder downloads the official one
//   PACKAGE_TEST_ONLY             'inspect' or 'shipping': an unpacked folder that never leaves this machine
const { createHash } = require('node:crypto')
const { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { join, relative, sep } = require('node:path')

const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH
const testBuild = process.env.PACKAGE_TEST_ONLY
const isRegistryCopy = dist !== undefined && existsSync(join(dist, '.registry-copy'))
if (isRegistryCopy && testBuild !== 'inspect' && testBuild !== 'shipping')
  throw new Error(
    'This Electron is the copy from the npm registry: for development and tests, never for distribution. ' +
      'Package with the official runtime, or run `npm run package:test` for a folder that stays on this machine.',
  )
const electronVersion = dist && readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')

/** What src/main/app/contents.ts compares at every start on Linux, where Electron does not check the archive. */
function listContents(resources) {
  const unpacked = join(resources, 'app.asar.unpacked')
  const code = readdirSync(unpacked, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(resources, join(entry.parentPath, entry.name)).split(sep).join('/'))
  const hashes = ['app.asar', ...code.toSorted()].map((path) => [
    path,
    createHash('sha256')
      .update(readFileSync(join(resources, path)))
      .digest('hex'),
  ])
  writeFileSync(join(resources, 'contents.json'), `${JSON.stringify(Object.fromEntries(hashes), null, 2)}\n`)
}

/** @type {import('electron-builder').Configuration} */
module.exports = {
  appId: 'example.consilium',
  productName: testBuild ? 'Consilium TEST ONLY' : 'Consilium',
  artifactName: '${name}-${version}-${os}-${arch}.${ext}',
  copyright: 'The Consilium maintainers',
  ...(dist ? { electronDist: dist, electronVersion } : {}),
  // Read by main.ts: only the 'inspect' folder lets a debugger in.
  extraMetadata: testBuild ? { testBuild } : {},
  // classic-level brings prebuilt binaries: nothing is compiled.
  npmRebuild: false,
  nodeGypRebuild: false,
  directories: { output: testBuild ? `release/test-${testBuild}` : 'release', buildResources: 'resources' },
  files: [
    'out/**',
    '!out/.built',
    '!out/**/*.map',
    'resources/*.png',
    'package.json',
    '!**/node_modules/**/*.{md,map,ts,h,hpp,cc,cpp,gyp,gypi}',
    // libp2p ships a second, minified bundle; LevelDB its sources. Never exclude node_modules/**/src/**: libp2p runs from dist/src.
    '!**/node_modules/**/dist/index.min.js',
    '!**/node_modules/classic-level/deps/**',
  ],
  asar: true,
  // libduckdb is opened by the system's linker, which cannot look into the archive.
  asarUnpack: ['**/*.node', '**/*.so', '**/*.dylib', '**/*.dll'],
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: testBuild === 'inspect', // Playwright drives the application through it
    enableEmbeddedAsarIntegrityValidation: process.platform !== 'linux', // does nothing there
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false, // the page comes from app://
  },
  afterPack({ appOutDir, electronPlatformName }) {
    const resources = join(appOutDir, 'resources')
    rmSync(join(resources, 'default_app.asar'), { force: true })
    if (electronPlatformName === 'linux') listContents(resources)
  },
  linux: {
    target: testBuild ? ['dir'] : ['AppImage', 'deb'],
    category: 'Science',
    maintainer: 'The Consilium maintainers <maintainers@consilium.example>',
    executableName: 'consilium',
    icon: 'resources/icon.png',
  },
  deb: {
    compression: 'xz',
    depends: [
      'libgtk-3-0',
      'libnotify4',
      'libnss3',
      'libxss1',
      'libxtst6',
      'xdg-utils',
      'libatspi2.0-0',
      'libuuid1',
      'libsecret-1-0',
      'libgbm1', // these two are missing in electron-builder's own list
      'libasound2',
    ],
  },
  mac: {
    target: ['dmg'],
    category: 'public.app-category.medical',
    icon: 'resources/icon.png',
    hardenedRuntime: true,
  },
  win: { target: ['nsis'], icon: 'resources/icon.png' },
  nsis: { oneClick: false, perMachine: true, allowToChangeInstallationDirectory: true },
  publish: null,
}
