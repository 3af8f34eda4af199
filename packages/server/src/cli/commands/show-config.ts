import { families } from '../../config/options/index.ts';
import { renderConfiguration } from '../../config/show-config.ts';
import type { Command } from '../command.ts';
import { version } from '../version.ts';
import { serverFamilies } from './start.ts';

export const showConfig: Command = {
  name: 'show-config',
  summary: "Prints the options that are set, with their sources; 'all' adds the defaults. Secrets are masked.",
  mode: 'production',
  families: [...serverFamilies, families.import, families.export],
  arguments: [],
  takesPositionals: true,
  demands: false,
  async run({ configuration, positionals, terminal }) {
    terminal.out(renderConfiguration(configuration, version, positionals.includes('all')));
    return 0;
  },
};
