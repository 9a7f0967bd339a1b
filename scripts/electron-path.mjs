#!/usr/bin/env node
// Prints the path of the Electron executable that development and tests use.
import { findElectron } from './lib/electron-runtime.mjs'
process.stdout.write(`${(await findElectron()).executable}\n`)
