import type { Family, Walk } from '../walk.ts';

const realm = 'parity-people';
const walk = (run: Walk['run']): Walk => ({ realm, run });
const at = '/authentication';
/** Each server has words of its own for them. */
const TEXTS = ['description'];

export const flows: Family = {
  read: walk(async (talk) => {
    const all = JSON.parse((await talk.admin('flows', 'GET', `${at}/flows`, undefined, TEXTS)).text) as { id: string; alias: string }[];
    await talk.admin('one flow', 'GET', `${at}/flows/${all.find(({ alias }) => alias === 'clients')?.id}`, undefined, [
      'authenticationExecutions',
    ]);
    for (const alias of ['browser', 'direct grant', 'registration', 'reset credentials', 'clients', 'first broker login', 'docker auth']) {
      await talk.admin(alias, 'GET', `${at}/flows/${encodeURIComponent(alias)}/executions`, undefined, TEXTS);
    }
    await talk.admin('required actions', 'GET', `${at}/required-actions`);
    await talk.admin('unknown flow', 'GET', `${at}/flows/nothing`);
    await talk.admin('unknown action', 'GET', `${at}/required-actions/nothing`);
    await talk.admin('settings of the limits', 'GET', `${at}/config-description/user-session-limits`);
    await talk.admin('settings of nothing', 'GET', `${at}/config-description/nothing`);
  }),
  changed: walk(async (talk) => {
    const executions = `${at}/flows/own/executions`;
    await talk.admin('copied', 'POST', `${at}/flows/browser/copy`, { newName: 'own' });
    await talk.admin('copied again', 'POST', `${at}/flows/browser/copy`, { newName: 'own' });
    await talk.admin('copied from nothing', 'POST', `${at}/flows/nothing/copy`, { newName: 'other' });
    await talk.admin('unknown step', 'POST', `${executions}/execution`, { provider: 'nothing' });
    await talk.admin('step of a built-in flow', 'POST', `${at}/flows/browser/executions/execution`, { provider: 'user-session-limits' });
    await talk.admin('added', 'POST', `${at}/flows/own%20forms/executions/execution`, { provider: 'user-session-limits' });
    const listed = JSON.parse((await talk.admin('list', 'GET', executions, undefined, TEXTS)).text) as {
      id: string;
      providerId?: string;
    }[];
    const step = listed.find(({ providerId }) => providerId === 'user-session-limits');
    await talk.admin('required', 'PUT', executions, { ...step, requirement: 'REQUIRED' });
    const config = { alias: 'limits of own', config: { behavior: 'Deny new session', userRealmLimit: '1' } };
    const made = await talk.admin('configured', 'POST', `${at}/executions/${step?.id}/config`, config);
    const configId = made.headers.location?.split('/').at(-1) ?? '';
    await talk.admin('settings', 'GET', `${at}/config/${configId}`);
    await talk.admin('the step', 'GET', `${at}/executions/${step?.id}`);
    await talk.admin('settings removed', 'DELETE', `${at}/config/${configId}`);
    await talk.admin('settings removed twice', 'DELETE', `${at}/config/${configId}`);
    await talk.admin('step removed', 'DELETE', `${at}/executions/${step?.id}`);
    await talk.admin('step removed twice', 'DELETE', `${at}/executions/${step?.id}`);
    const flows = JSON.parse((await talk.admin('', 'GET', `${at}/flows`)).text) as { id: string; alias: string }[];
    const idOf = (alias: string) => flows.find((flow) => flow.alias === alias)?.id;
    await talk.admin('built-in flow removed', 'DELETE', `${at}/flows/${idOf('browser')}`);
    await talk.admin('flow removed', 'DELETE', `${at}/flows/${idOf('own')}`);
    await talk.admin('flow removed twice', 'DELETE', `${at}/flows/${idOf('own')}`);
  }),
};
