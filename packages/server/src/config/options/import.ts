import { boolean, choice, file, int, string } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** Realm files that are read at a start. */
export const startImportOptions = defineOptions({
  'import-realm': {
    kind: boolean(),
    default: 'false',
    flag: true,
    help: 'Imports the realm files of data/import at start; realms that exist already are left alone.',
  },
});

/** The command `import`. */
export const importOptions = defineOptions({
  dir: { kind: file('dir'), help: 'Directory with the realm files.' },
  file: { kind: file(), help: 'One realm file.' },
  override: { kind: boolean(), default: 'true', help: 'Whether a realm that exists already is replaced; if false it is left alone.' },
});

/** The command `export`. */
export const exportOptions = defineOptions({
  dir: { kind: file('dir'), help: 'Directory to write to, one file a realm and its users beside it.' },
  file: { kind: file(), help: 'One file to write everything to.' },
  realm: { kind: string('realm'), help: 'Name of the realm; without it all realms are exported.' },
  users: {
    kind: choice('strategy', ['skip', 'realm_file', 'same_file', 'different_files']),
    default: 'different_files',
    help: 'Where users go: nowhere, into the realm file, into one file of their own, or into several.',
  },
  'users-per-file': { kind: int('number', { min: 1 }), default: '50', help: 'Users in each file, with different_files.' },
});
