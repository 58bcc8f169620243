import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      // The bundler hands icons to the code as text; so do the tests.
      name: 'svg-as-text',
      enforce: 'pre',
      load(id) {
        return id.endsWith('.svg')
          ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}`
          : null;
      }
    }
  ],
  test: {
    environment: 'jsdom',
    include: ['test/**/*.test.{ts,tsx}'],
    setupFiles: ['test/setup.ts'],
    server: { deps: { inline: [/@jupyterlab/, /@jupyter/, /@lumino/] } }
  }
});
