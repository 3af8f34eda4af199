import type { AuthenticationExecution, AuthenticationFlow, RealmAuthentication } from '../../model/index.ts';
import { flowById, orderedExecutions } from '../../realm/realm-authentication.ts';
import { stepProvider } from './providers.ts';

/**
 * success: the step is done. attempted: it does not apply. challenge: it wants something of the user first. denied: the login ends here;
 * `message` is a message key or a text of the realm's own.
 */
export type StepVerdict =
  | { readonly kind: 'success' }
  | { readonly kind: 'attempted' }
  | { readonly kind: 'challenge'; readonly execution: AuthenticationExecution }
  | { readonly kind: 'denied'; readonly message: string; readonly error: string };

export interface FlowSteps {
  run(execution: AuthenticationExecution): Promise<StepVerdict>;
  isMet(condition: AuthenticationExecution): Promise<boolean>;
}

const SUCCESS: StepVerdict = { kind: 'success' };
const ATTEMPTED: StepVerdict = { kind: 'attempted' };
/** Flows in flows in flows; a circle cannot be drawn by Admin REST, but a file may hold one. */
const MAX_DEPTH = 10;

/**
 * Runs a flow until it is done or somebody is asked: required steps one after the other; alternatives only where nothing is required,
 * until one of them holds. A conditional sub-flow counts as required where all its conditions hold, else as absent.
 */
export async function runFlow(
  authentication: RealmAuthentication,
  flow: AuthenticationFlow,
  steps: FlowSteps,
  depth = 0,
): Promise<StepVerdict> {
  if (depth > MAX_DEPTH) return { kind: 'denied', message: 'invalidFlowMessage', error: 'generic_authentication_error' };
  const one = (execution: AuthenticationExecution): Promise<StepVerdict> => {
    const inside = flowById(authentication, execution.flowId);
    return inside === undefined ? steps.run(execution) : runFlow(authentication, inside, steps, depth + 1);
  };
  const enabled = orderedExecutions(flow).filter(
    ({ requirement, authenticator }) => requirement !== 'DISABLED' && !isCondition(authenticator),
  );
  let hasRequired = false;
  for (const execution of enabled) {
    if (execution.requirement !== 'REQUIRED' && execution.requirement !== 'CONDITIONAL') continue;
    // A condition is asked when its turn comes: the steps before may have found out who it is about.
    if (execution.requirement === 'CONDITIONAL' && !(await applies(authentication, execution, steps))) continue;
    hasRequired = true;
    const verdict = await one(execution);
    if (verdict.kind !== 'success') return verdict;
  }
  if (hasRequired) return SUCCESS;
  for (const execution of enabled.filter(({ requirement }) => requirement === 'ALTERNATIVE')) {
    const verdict = await one(execution);
    if (verdict.kind !== 'attempted') return verdict;
  }
  return ATTEMPTED;
}

/** A conditional sub-flow without a condition that is switched on does not apply. */
async function applies(authentication: RealmAuthentication, execution: AuthenticationExecution, steps: FlowSteps): Promise<boolean> {
  const inside = flowById(authentication, execution.flowId);
  const conditions = (inside?.executions ?? []).filter(
    ({ requirement, authenticator }) => requirement !== 'DISABLED' && isCondition(authenticator),
  );
  if (conditions.length === 0) return false;
  for (const condition of conditions) if (!(await steps.isMet(condition))) return false;
  return true;
}

function isCondition(authenticator: string | undefined): boolean {
  return stepProvider(authenticator)?.kind === 'condition';
}
