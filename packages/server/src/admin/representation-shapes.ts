import type { Shape } from './typed-json.ts';

// The fields of Keycloak's representations (26.7) and what they may hold: a field that does not stand here is refused. Names only, one table a kind.

const text: Shape = { kind: 'text' };
const flag: Shape = { kind: 'flag' };
const integer: Shape = { kind: 'integer' };
const any: Shape = { kind: 'any' };
const lenientMap: Shape = { kind: 'lenient-map' };
export const listOf = (of: Shape): Shape => ({ kind: 'list', of });
const mapOf = (of: Shape): Shape => ({ kind: 'map', of });
const texts = listOf(text);

interface Kinds {
  readonly texts?: string;
  readonly flags?: string;
  readonly integers?: string;
  readonly textLists?: string;
  readonly textMaps?: string;
  readonly anything?: string;
}

export function representation(name: string, kinds: Kinds, further: () => Readonly<Record<string, Shape>> = () => ({})): Shape {
  let made: Readonly<Record<string, Shape>> | undefined;
  const all = (names: string | undefined, shape: Shape): [string, Shape][] =>
    (names ?? '').split(/\s+/).flatMap((one) => (one === '' ? [] : [[one, shape]]));
  return {
    kind: 'object',
    name,
    fields: () => {
      made ??= {
        ...Object.fromEntries([
          ...all(kinds.texts, text),
          ...all(kinds.flags, flag),
          ...all(kinds.integers, integer),
          ...all(kinds.textLists, texts),
          ...all(kinds.textMaps, mapOf(text)),
          ...all(kinds.anything, any),
        ]),
        ...further(),
      };
      return made;
    },
  };
}

export const protocolMapperShape = representation('ProtocolMapperRepresentation', {
  texts: 'id name protocol protocolMapper consentText',
  flags: 'consentRequired',
  textMaps: 'config',
});

export const clientShape = representation(
  'ClientRepresentation',
  {
    texts:
      'id clientId name description type rootUrl adminUrl baseUrl protocol clientAuthenticatorType secret registrationAccessToken origin clientTemplate',
    flags: `surrogateAuthRequired enabled alwaysDisplayInConsole bearerOnly consentRequired standardFlowEnabled implicitFlowEnabled
      directAccessGrantsEnabled serviceAccountsEnabled authorizationServicesEnabled directGrantsOnly publicClient frontchannelLogout fullScopeAllowed
      useTemplateConfig useTemplateScope useTemplateMappers`,
    integers: 'notBefore nodeReRegistrationTimeout',
    textLists: 'defaultRoles redirectUris webOrigins defaultClientScopes optionalClientScopes',
    textMaps: 'attributes authenticationFlowBindingOverrides',
    anything: 'registeredNodes authorizationSettings access',
  },
  () => ({ protocolMappers: listOf(protocolMapperShape) }),
);

/** Other fields are passed over, as in the original. */
export const openShape = (shape: Shape): Shape => (shape.kind === 'object' ? { ...shape, open: true } : shape);

export const clientScopeShape = openShape(
  representation('ClientScopeRepresentation', { texts: 'id name description type protocol', textMaps: 'attributes' }, () => ({
    protocolMappers: listOf(protocolMapperShape),
  })),
);

export const componentShape = representation(
  'ComponentRepresentation',
  { texts: 'id name providerId providerType parentId subType' },
  () => ({ config: mapOf(texts) }),
);

export const credentialShape = representation('CredentialRepresentation', {
  texts: 'id type userLabel secretData credentialData value device hashedSaltedValue salt algorithm federationLink',
  flags: 'temporary',
  integers: 'createdDate priority hashIterations counter digits period',
  anything: 'config',
});

export const userShape = representation(
  'UserRepresentation',
  {
    texts: 'id username email firstName lastName self origin federationLink serviceAccountClientId',
    flags: 'emailVerified enabled totp',
    integers: 'createdTimestamp notBefore',
    textLists: 'disableableCredentialTypes requiredActions realmRoles groups',
    anything: 'access clientConsents federatedIdentities socialLinks applicationRoles userProfileMetadata',
  },
  () => ({ attributes: lenientMap, credentials: listOf(credentialShape), clientRoles: mapOf(texts) }),
);

export const roleShape = representation(
  'RoleRepresentation',
  { texts: 'id name description containerId', flags: 'scopeParamRequired composite clientRole', anything: 'composites' },
  () => ({ attributes: mapOf(texts) }),
);

export const groupShape = representation(
  'GroupRepresentation',
  { texts: 'id name description path parentId', integers: 'subGroupCount', textLists: 'realmRoles', anything: 'access' },
  () => ({ attributes: mapOf(texts), clientRoles: mapOf(texts), subGroups: listOf(groupShape) }),
);

export const realmShape = representation(
  'RealmRepresentation',
  {
    texts: `id realm displayName displayNameHtml defaultSignatureAlgorithm sslRequired bruteForceStrategy passwordPolicy loginTheme accountTheme
      adminTheme emailTheme defaultLocale browserFlow registrationFlow directGrantFlow resetCredentialsFlow clientAuthenticationFlow
      dockerAuthenticationFlow firstBrokerLoginFlow keycloakVersion privateKey publicKey certificate codeSecret otpPolicyType otpPolicyAlgorithm
      webAuthnPolicyRpEntityName webAuthnPolicyRpId webAuthnPolicyAttestationConveyancePreference webAuthnPolicyAuthenticatorAttachment
      webAuthnPolicyRequireResidentKey webAuthnPolicyResidentKey webAuthnPolicyUserVerificationRequirement
      webAuthnPolicyPasswordlessRpEntityName webAuthnPolicyPasswordlessRpId
      webAuthnPolicyPasswordlessAttestationConveyancePreference webAuthnPolicyPasswordlessAuthenticatorAttachment
      webAuthnPolicyPasswordlessRequireResidentKey webAuthnPolicyPasswordlessResidentKey
      webAuthnPolicyPasswordlessUserVerificationRequirement`,
    flags: `revokeRefreshToken offlineSessionMaxLifespanEnabled enabled registrationAllowed registrationEmailAsUsername rememberMe verifyEmail
      loginWithEmailAllowed duplicateEmailsAllowed resetPasswordAllowed editUsernameAllowed bruteForceProtected permanentLockout
      otpPolicyCodeReusable webAuthnPolicyAvoidSameAuthenticatorRegister webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister
      webAuthnPolicyPasswordlessPasskeysEnabled eventsEnabled adminEventsEnabled adminEventsDetailsEnabled internationalizationEnabled
      userManagedAccessAllowed organizationsEnabled verifiableCredentialsEnabled adminPermissionsEnabled scimApiEnabled
      passwordCredentialGrantAllowed userCacheEnabled realmCacheEnabled updateProfileOnInitialSocialLogin social`,
    integers: `notBefore refreshTokenMaxReuse accessTokenLifespan accessTokenLifespanForImplicitFlow ssoSessionIdleTimeout ssoSessionMaxLifespan
      ssoSessionIdleTimeoutRememberMe ssoSessionMaxLifespanRememberMe offlineSessionIdleTimeout offlineSessionMaxLifespan clientSessionIdleTimeout
      clientSessionMaxLifespan clientOfflineSessionIdleTimeout clientOfflineSessionMaxLifespan accessCodeLifespan accessCodeLifespanUserAction
      accessCodeLifespanLogin actionTokenGeneratedByAdminLifespan actionTokenGeneratedByUserLifespan oauth2DeviceCodeLifespan
      oauth2DevicePollingInterval maxTemporaryLockouts maxFailureWaitSeconds minimumQuickLoginWaitSeconds waitIncrementSeconds
      quickLoginCheckMilliSeconds maxDeltaTimeSeconds failureFactor maxSecondaryAuthFailures otpPolicyInitialCounter otpPolicyDigits
      otpPolicyLookAheadWindow otpPolicyPeriod webAuthnPolicyCreateTimeout webAuthnPolicyPasswordlessCreateTimeout eventsExpiration`,
    textLists: `supportedLocales defaultRoles defaultGroups requiredCredentials otpSupportedApplications webAuthnPolicySignatureAlgorithms
      webAuthnPolicyAcceptableAaguids webAuthnPolicyExtraOrigins webAuthnPolicyPasswordlessSignatureAlgorithms
      webAuthnPolicyPasswordlessAcceptableAaguids webAuthnPolicyPasswordlessExtraOrigins defaultDefaultClientScopes
      defaultOptionalClientScopes eventsListeners enabledEventTypes`,
    textMaps: 'attributes browserSecurityHeaders smtpServer',
    anything: `roles scopeMappings clientScopeMappings identityProviders identityProviderMappers components authenticationFlows authenticatorConfig
      requiredActions clientProfiles clientPolicies localizationTexts protocolMappers userFederationProviders userFederationMappers organizations
      adminPermissionsClient socialProviders applications oauthClients clientTemplates applicationScopeMappings workflows`,
  },
  () => ({
    defaultRole: roleShape,
    groups: listOf(groupShape),
    users: listOf(userShape),
    federatedUsers: listOf(userShape),
    clients: listOf(clientShape),
    clientScopes: listOf(clientScopeShape),
  }),
);

/** Role mappings and composites name roles by such objects. */
export const roleListShape = listOf(roleShape);
export const protocolMapperListShape = listOf(protocolMapperShape);
export const textListShape = texts;
export const eventsConfigShape = representation('RealmEventsConfigRepresentation', {
  flags: 'eventsEnabled adminEventsEnabled adminEventsDetailsEnabled',
  integers: 'eventsExpiration',
  textLists: 'eventsListeners enabledEventTypes',
});
export const userProfileShape = representation('UPConfig', { texts: 'unmanagedAttributePolicy', anything: 'attributes groups' });
export const clientProfilesShape = representation('ClientProfilesRepresentation', { anything: 'profiles globalProfiles' });
export const clientPoliciesShape = representation('ClientPoliciesRepresentation', { anything: 'policies globalPolicies' });
export const textMapShape = mapOf(text);
/** What the console saves of a realm in one call. */
export const uiRealmShape: Shape = {
  kind: 'object',
  name: 'UIRealmRepresentation',
  fields: () => ({ ...(realmShape.kind === 'object' ? realmShape.fields() : {}), upConfig: anyShape }),
};
/** Objects of a realm file that go into a realm that is there; what else the file holds is passed over. */
export const partialImportShape = mapOf(any);
export const keyStoreShape = representation('KeyStoreConfig', {
  texts: 'format keyAlias keyPassword storePassword realmAlias',
  flags: 'realmCertificate',
  integers: 'keySize validity',
});
export const initialAccessShape = representation('ClientInitialAccessCreatePresentation', {
  integers: 'count expiration',
  textLists: 'webOrigins',
});
/** Mail settings, as they stand in a realm. */
export const smtpShape = mapOf(text);
/** Bodies whose content does not matter. */
export const anyShape = any;
