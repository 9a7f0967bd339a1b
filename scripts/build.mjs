#!/usr/bin/env node
// npm run build: everything into out/ (main, command line, workers, preload, window).
import { build } from './lib/prepare.mjs'
process.exitCode = (await build()) ? 0 : 1
