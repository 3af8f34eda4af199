import { DEVICE_USER_CODE_NOTE } from '../authentication/authentication-tab.ts';
import type { ConsentQuestion } from '../authentication/consent/consents.ts';
import { requestedScopes } from '../authentication/requested-scopes.ts';
import { openActions } from '../authentication/required-actions/catalogue.ts';
import type { User } from '../model/index.ts';
import type { Login } from './login-in-progress.ts';

/** The last step before the way back: what the user lets the client see. */
export const CONSENT_STEP = 'OAUTH_GRANT';

/** What stands between a known user and the end of the login, in order. */
export async function pendingSteps(
  { browser, client }: Login,
  user: User,
  clientNotes: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { context, realm } = browser;
  const actions = openActions(context.features, realm, user, clientNotes['kc_action'], requestedScopes(client, clientNotes['scope']));
  const question = consentQuestion(clientNotes);
  const missing = await context.consents.missing(realm, client, user, clientNotes['scope'] ?? '', question);
  return missing.length === 0 && question !== 'always' ? actions : [...actions, CONSENT_STEP];
}

/** How a login asks for consent. */
export function consentQuestion(clientNotes: Readonly<Record<string, string>>): ConsentQuestion {
  if (clientNotes[DEVICE_USER_CODE_NOTE] !== undefined) return 'always';
  return (clientNotes['prompt'] ?? '').split(' ').includes('consent') ? 'again' : 'missing';
}
