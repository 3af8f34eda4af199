import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InlineConfig } from 'vite';

/** Folder of the package. */
export const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

/** One instance of each, or hooks and contexts of one copy are not seen by the other. */
const SINGLE = ['react', 'react-dom', 'react-i18next', 'i18next', 'react-router', 'react-router-dom'];

/** How one console is built: names with hashes, a manifest that tells the server which file is the entry, every address relative. */
export function viteOptions(name: 'admin' | 'account'): InlineConfig {
  const accountStyles = join(packageFolder, '../../node_modules/@keycloak/keycloak-account-ui/lib/keycloak-account-ui.css');
  return {
    configFile: false,
    root: join(packageFolder, 'web'),
    base: '',
    logLevel: 'warn',
    publicDir: false,
    // The package keeps its style sheet out of its exports.
    resolve: { dedupe: SINGLE, alias: { '@keycloak/keycloak-account-ui/styles.css': accountStyles } },
    build: {
      outDir: join(packageFolder, 'dist', name),
      emptyOutDir: true,
      // The entry awaits its texts at the top level.
      target: 'esnext',
      manifest: 'manifest.json',
      // One library is one chunk; nothing of ours can split it.
      chunkSizeWarningLimit: 4_000,
      assetsInlineLimit: 0,
      rollupOptions: {
        input: join(packageFolder, 'web', name, 'main.tsx'),
        // Marks for servers that render; there is none here.
        onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
      },
    },
  };
}
