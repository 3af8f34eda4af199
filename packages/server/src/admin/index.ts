import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import type { HashPassword } from '../realm/hash-password.ts';
import { registerAdminEvents } from './admin-events.ts';
import { registerAttackDetection } from './attack-detection.ts';
import { registerAuthenticationExecutions } from './authentication-executions.ts';
import { registerAuthenticationFlows } from './authentication-flows.ts';
import { registerAuthenticatorConfigs } from './authenticator-configs.ts';
import { registerAuthorization } from './authorization/index.ts';
import { registerCaches } from './caches.ts';
import { registerClientCertificates } from './client-certificates.ts';
import { registerClientInstallation } from './client-installation.ts';
import { registerClientNodes } from './client-nodes.ts';
import { registerClientPolicies } from './client-policies.ts';
import { registerClientScopeChoice } from './client-scope-choice.ts';
import { registerClientScopes } from './client-scopes.ts';
import { registerClientSessions } from './client-sessions.ts';
import { registerClients } from './clients.ts';
import { registerComponents } from './components.ts';
import { registerCredentialOrder } from './credential-order.ts';
import { registerDefaultGroups } from './default-groups.ts';
import { registerEvaluateScopes } from './evaluate-scopes.ts';
import { registerEvents } from './events.ts';
import { registerFederatedIdentities } from './federated-identities.ts';
import { registerGroups } from './groups.ts';
import { registerIdentityProviders } from './identity-providers.ts';
import { registerImpersonation } from './impersonation.ts';
import { registerKeys } from './keys.ts';
import { registerLocalization } from './localization.ts';
import { registerPartialExport } from './partial-export.ts';
import { registerPartialImport } from './partial-import/index.ts';
import { registerProfileConfiguration } from './profile-configuration.ts';
import { registerRealmSessions } from './realm-sessions.ts';
import { registerRealms } from './realms.ts';
import { registerRequiredActionConfigs } from './required-action-configs.ts';
import { registerRequiredActions } from './required-actions.ts';
import { registerRoles } from './roles.ts';
import type { ServerFacts } from './server-facts.ts';
import { registerServerInfo } from './server-info.ts';
import { registerSmtpTest } from './smtp-test.ts';
import { registerUiExtension } from './ui-extension/index.ts';
import { registerUserConsents } from './user-consents.ts';
import { registerUserCredentials } from './user-credentials.ts';
import { registerUserGroups } from './user-groups.ts';
import { registerUserMails } from './user-mails.ts';
import { registerUserSessions } from './user-sessions.ts';
import { registerUsers } from './users.ts';
import { registerWhoami } from './whoami.ts';
import { registerWithoutFeature } from './without-feature.ts';

/** What Admin REST needs beside the context. */
export interface AdminExtras extends ServerFacts {
  /** Hashes the passwords of users that are created or imported, on the queue that logins use. */
  readonly hashPassword: HashPassword;
}

/** Admin REST, in a scope of its own: there every body is read as a text, and judged by the endpoint. */
export function registerAdmin(app: FastifyInstance, context: ServerContext, extras: AdminExtras): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    registerServerInfo(scope, context, extras);
    registerWhoami(scope, context);
    registerRealms(scope, context, extras.hashPassword);
    registerRealmSessions(scope, context);
    registerEvents(scope, context);
    registerAdminEvents(scope, context);
    registerKeys(scope, context);
    registerComponents(scope, context);
    registerCaches(scope, context);
    registerAttackDetection(scope, context);
    registerDefaultGroups(scope, context);
    registerAuthenticationFlows(scope, context);
    registerAuthenticationExecutions(scope, context);
    registerAuthenticatorConfigs(scope, context);
    registerRequiredActions(scope, context);
    registerRequiredActionConfigs(scope, context);
    registerClients(scope, context);
    registerAuthorization(scope, context);
    registerClientSessions(scope, context);
    registerEvaluateScopes(scope, context);
    registerClientInstallation(scope, context);
    registerClientCertificates(scope, context);
    registerClientNodes(scope, context);
    registerWithoutFeature(scope, context);
    registerClientScopes(scope, context);
    registerClientScopeChoice(scope, context);
    registerRoles(scope, context);
    registerGroups(scope, context);
    registerProfileConfiguration(scope, context);
    registerLocalization(scope, context);
    registerPartialExport(scope, context);
    registerPartialImport(scope, context, extras.hashPassword);
    registerClientPolicies(scope, context);
    registerUiExtension(scope, context);
    registerUsers(scope, context, extras.hashPassword);
    registerUserCredentials(scope, context);
    registerCredentialOrder(scope, context);
    registerUserGroups(scope, context);
    registerUserSessions(scope, context);
    registerUserConsents(scope, context);
    registerImpersonation(scope, context);
    registerIdentityProviders(scope, context);
    registerFederatedIdentities(scope, context);
    registerUserMails(scope, context);
    registerSmtpTest(scope, context);
  });
}
