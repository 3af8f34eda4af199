import { boolean } from '../kinds.ts';
import { defineOptions } from '../option.ts';

/** Health checks for balancers and orchestrators. */
export const healthOptions = defineOptions({
  'health-enabled': {
    kind: boolean(),
    default: 'false',
    help: 'Serves /health, /health/started, /health/live and /health/ready.',
  },
  'server-async-bootstrap': {
    kind: boolean(),
    defaultText: 'true where health is enabled',
    inert: 'the main listener opens when the server is prepared; health answers before that',
    help: 'Opens the listeners while the server still prepares itself; readiness says when it is done.',
  },
});
