import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    port: 5199,
    strictPort: true,
    fs: { allow: [resolve(import.meta.dirname, '../../..')] },
  },
  build: { rolldownOptions: { input: resolve(import.meta.dirname, 'index.html') }, target: 'chrome120' },
  cacheDir: resolve(import.meta.dirname, '../../../.cache/vite-dev'),
})
