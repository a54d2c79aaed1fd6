import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import { writeVariants } from './build/write-variants.ts'

const inSource = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url))

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The server says in <base> below which path it is reached, so nothing here may know it.
  base: './',
  plugins: [tailwind(), writeVariants()],
  resolve: {
    alias: {
      // The original adds a <style> element, which the policy of the page forbids.
      'react-remove-scroll': inSource('manners/remove-scroll.tsx'),
    },
  },
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Libraries mark what a server may not render. There is none, so the marks mean nothing.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
    },
  },
})
