import type { Family } from '../walk.ts';
import { adminWalk } from './own-realm.ts';

type Named = { readonly id: string };
const WORDS = { omit: ['description', 'helpText', 'label', 'options', 'displayName'] };
const ids = (list: unknown) => (list as { id: string }[]).map(({ id }) => id);

export const adminAuthentication: Family = {
  'required actions': adminWalk('walk-actions', {}, async (walk) => {
    const alias = 'UPDATE_PASSWORD';
    await walk.see('authenticationManagement.getRequiredActions');
    await walk.see('authenticationManagement.getRequiredActionForAlias', { alias });
    await walk.see('authenticationManagement.getRequiredActionForAlias', { alias: 'nothing' }, { as: 'nothing' });
    for (const one of [
      'UPDATE_PASSWORD',
      'VERIFY_EMAIL',
      'CONFIGURE_TOTP',
      'delete_account',
      'TERMS_AND_CONDITIONS',
      'webauthn-register',
      'update_user_locale',
      'CONFIGURE_RECOVERY_AUTHN_CODES',
      'nothing',
    ])
      await walk.see('authenticationManagement.getRequiredActionConfigDescription', { alias: one }, { as: one, ...WORDS });
    await walk.see('authenticationManagement.getRequiredActionConfig', { alias });
    await walk.see('authenticationManagement.updateRequiredActionConfig', { alias }, { body: { config: { max_auth_age: '60' } } });
    await walk.see('authenticationManagement.getRequiredActionConfig', { alias }, { as: 'changed' });
    await walk.see('authenticationManagement.getRequiredActionForAlias', { alias }, { as: 'configured' });
    await walk.see(
      'authenticationManagement.updateRequiredActionConfig',
      { alias },
      { as: 'no number', body: { config: { max_auth_age: 'long' } } },
    );
    await walk.see(
      'authenticationManagement.updateRequiredActionConfig',
      { alias },
      { as: 'negative', body: { config: { max_auth_age: '-1' } } },
    );
    await walk.see(
      'authenticationManagement.updateRequiredActionConfig',
      { alias },
      { as: 'unknown setting', body: { config: { bogus: 'x' } } },
    );
    await walk.see('authenticationManagement.updateRequiredActionConfig', { alias }, { as: 'no settings', body: {} });
    await walk.see('authenticationManagement.updateRequiredActionConfig', { alias: 'nothing' }, { as: 'nothing', body: { config: {} } });
    await walk.see('authenticationManagement.removeRequiredActionConfig', { alias });
    await walk.see('authenticationManagement.removeRequiredActionConfig', { alias: 'nothing' }, { as: 'nothing' });
    await walk.see('authenticationManagement.getRequiredActionConfig', { alias }, { as: 'removed' });
    await walk.see('authenticationManagement.getRequiredActionConfig', { alias: 'nothing' }, { as: 'nothing' });
    await walk.see('authenticationManagement.raiseRequiredActionPriority', { alias });
    await walk.see('authenticationManagement.lowerRequiredActionPriority', { alias });
    await walk.see('authenticationManagement.lowerRequiredActionPriority', { alias: 'nothing' }, { as: 'nothing' });
    await walk.see(
      'authenticationManagement.updateRequiredAction',
      { alias },
      { body: { alias, name: 'Update Password', enabled: false, defaultAction: false, priority: 57, config: {} } },
    );
    await walk.see('authenticationManagement.deleteRequiredAction', { alias });
    await walk.see('authenticationManagement.deleteRequiredAction', { alias }, { as: 'again' });
    await walk.see('authenticationManagement.getUnregisteredRequiredActions');
    await walk.see('authenticationManagement.registerRequiredAction', { providerId: alias, name: 'Update Password' });
    await walk.see('authenticationManagement.registerRequiredAction', { providerId: 'nothing', name: 'x' }, { as: 'nothing' });
    await walk.see('authenticationManagement.getRequiredActions', {}, { as: 'at the end', omit: ['priority'] });
  }),

  flows: adminWalk('walk-flows', {}, async (walk) => {
    await walk.see('authenticationManagement.getClientAuthenticatorProviders', {}, { only: ids });
    await walk.see('authenticationManagement.getAuthenticatorProviders', {}, { only: ids });
    await walk.see('authenticationManagement.getFormActionProviders', {}, { only: ids });
    await walk.see('authenticationManagement.getFormProviders', {}, { only: ids });
    await walk.see('authenticationManagement.getConfigDescription', { providerId: 'user-session-limits' }, WORDS);
    await walk.see('authenticationManagement.getFlows', {}, { only: (list) => (list as { alias: string }[]).map(({ alias }) => alias) });
    const made = await walk.see<Named>('authenticationManagement.createFlow', {
      alias: 'own',
      description: 'Mine',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
    });
    await walk.see('authenticationManagement.createFlow', { alias: 'own', providerId: 'basic-flow', topLevel: true }, { as: 'taken' });
    await walk.see('authenticationManagement.createFlow', { providerId: 'basic-flow', topLevel: true }, { as: 'no name' });
    await walk.see('authenticationManagement.getFlow', { flowId: made.id });
    await walk.see('authenticationManagement.getFlow', { flowId: 'nothing' }, { as: 'nothing' });
    await walk.see(
      'authenticationManagement.updateFlow',
      { flowId: made.id },
      { body: { id: made.id, alias: 'own', description: 'Still mine' } },
    );
    await walk.see('authenticationManagement.addExecution', { flow: 'own' });
    const step = await walk.see<Named>('authenticationManagement.addExecutionToFlow', { flow: 'own', provider: 'auth-cookie' });
    await walk.see('authenticationManagement.addExecutionToFlow', { flow: 'nothing', provider: 'auth-cookie' }, { as: 'no flow' });
    const limits = await walk.see<Named>(
      'authenticationManagement.addExecutionToFlow',
      { flow: 'own', provider: 'user-session-limits' },
      { as: 'another' },
    );
    await walk.see('authenticationManagement.addFlowToFlow', {
      flow: 'own',
      alias: 'inside',
      description: 'Inside',
      provider: 'registration-page-form',
      type: 'basic-flow',
    });
    await walk.see('authenticationManagement.addFlowToFlow', { flow: 'own', alias: 'inside', type: 'basic-flow' }, { as: 'taken' });
    const list = await walk.see<(Named & { providerId?: string })[]>('authenticationManagement.getExecutions', { flow: 'own' }, WORDS);
    await walk.see('authenticationManagement.getExecutions', { flow: 'nothing' }, { as: 'nothing' });
    await walk.see(
      'authenticationManagement.updateExecution',
      { flow: 'own' },
      { body: { ...list[0], requirement: 'ALTERNATIVE' }, omit: ['description', 'displayName'] },
    );
    await walk.see('authenticationManagement.lowerPriorityExecution', { id: step.id });
    await walk.see('authenticationManagement.raisePriorityExecution', { id: step.id });
    await walk.see('authenticationManagement.raisePriorityExecution', { id: 'nothing' }, { as: 'nothing' });
    const config = await walk.see<Named>('authenticationManagement.createConfig', {
      id: limits.id,
      alias: 'own limits',
      config: { userRealmLimit: '1' },
    });
    await walk.see('authenticationManagement.createConfig', { id: 'nothing', alias: 'x' }, { as: 'nothing' });
    await walk.see('authenticationManagement.getConfig', { id: config.id });
    await walk.see('authenticationManagement.updateConfig', {
      id: config.id,
      alias: 'own limits',
      config: { userRealmLimit: '2' },
    });
    await walk.see('authenticationManagement.getConfig', { id: 'nothing' }, { as: 'nothing' });
    await walk.see('authenticationManagement.delConfig', { id: config.id });
    await walk.see('authenticationManagement.delConfig', { id: config.id }, { as: 'again' });
    await walk.see('authenticationManagement.delExecution', { id: step.id });
    await walk.see('authenticationManagement.delExecution', { id: step.id }, { as: 'again' });
    await walk.see('authenticationManagement.copyFlow', { flow: 'browser', newName: 'copied' });
    await walk.see('authenticationManagement.copyFlow', { flow: 'browser', newName: 'copied' }, { as: 'taken' });
    await walk.see('authenticationManagement.deleteFlow', { flowId: made.id });
    await walk.see('authenticationManagement.deleteFlow', { flowId: made.id }, { as: 'again' });
  }),
};
