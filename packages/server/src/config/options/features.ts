import { list } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** Which features are on; their names stand in ../features.ts. Single features: `--feature-<name>=enabled|disabled|v2`. */
export const featureOptions = defineOptions({
  features: { kind: list('feature'), help: 'Features to switch on, each as name or name:version.' },
  'features-disabled': {
    kind: list('feature'),
    help: 'Features to switch off; their addresses, grants and lines of the discovery document go with them.',
  },
});
