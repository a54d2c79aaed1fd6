#!/usr/bin/env node
import { existsSync } from 'node:fs'

const program = new URL('../dist/cli/watchword.js', import.meta.url)

if (existsSync(program)) {
  await import(program.href)
} else {
  console.error('Watchword is not built yet: run `npm start` (or `npm run build`) in its folder first.')
  process.exitCode = 1
}
