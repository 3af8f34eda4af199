import { openShape, representation } from './representation-shapes.ts';

// Bodies of the endpoints below /authentication, with the fields of Keycloak's representations.

export const flowShape = representation('AuthenticationFlowRepresentation', {
  texts: 'id alias description providerId',
  flags: 'topLevel builtIn',
  anything: 'authenticationExecutions',
});

export const flowCopyShape = representation('Map', { texts: 'newName' });

export const newExecutionShape = openShape(representation('Map', { texts: 'provider alias type description', integers: 'priority' }));

export const executionInfoShape = representation('AuthenticationExecutionInfoRepresentation', {
  texts: 'id requirement displayName alias description providerId authenticationConfig flowId',
  flags: 'configurable authenticationFlow',
  integers: 'level index priority',
  textLists: 'requirementChoices',
});

export const authenticatorConfigShape = representation('AuthenticatorConfigRepresentation', { texts: 'id alias', textMaps: 'config' });

export const requiredActionShape = representation('RequiredActionProviderRepresentation', {
  texts: 'id alias name providerId',
  flags: 'enabled defaultAction',
  integers: 'priority',
  textMaps: 'config',
});

export const requiredActionConfigShape = representation('RequiredActionConfigRepresentation', { textMaps: 'config' });
