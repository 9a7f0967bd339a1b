import '../bin/polyfill-node20.mjs'
