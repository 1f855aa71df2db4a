import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

const GATEWAY = process.env['FUSEWIRE_URL'] ?? 'http://127.0.0.1:8480';

export default defineConfig({
  plugins: [tailwindcss(), svelte()],
  // The rules of flows and the engine that replays are the gateway's own, from their source.
  resolve: {
    alias: { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) },
    conditions: ['fusewire-source', 'module', 'browser', 'development|production'],
  },
  build: {
    target: 'es2022',
    sourcemap: false,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 2_000,
    // What several pages share comes in a few files instead of one for each icon.
    rolldownOptions: {
      output: {
        chunkFileNames: ({ name }) => `assets/${name.replace(/~.*/, '')}-[hash].js`,
        codeSplitting: {
          groups: [
            { name: 'base', test: /preload-helper|node_modules[\\/](svelte|i18next)[\\/]/, priority: 4 },
            { name: 'contract', test: /[\\/]src[\\/](abi|diagnostic)[\\/]/, priority: 3 },
            { name: 'rules', test: /[\\/]src[\\/]flow[\\/]|zod|jsonc-parser|json-schema/, priority: 2 },
            {
              name: 'shared',
              test: /node_modules|[\\/]lib[\\/](components[\\/]ui|api|i18n|state)[\\/]/,
              minShareCount: 2,
              entriesAware: true,
              entriesAwareMergeThreshold: 16_000,
            },
          ],
        },
      },
    },
  },
  server: { port: 5173, proxy: { '/api': GATEWAY, '/docs': GATEWAY, '/openapi.json': GATEWAY } },
});
