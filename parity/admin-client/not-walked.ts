/** Calls of the client that no walk makes, with the reason. */
export const notWalked: Readonly<Record<string, string>> = {
  'organizations.invite': 'sends a form, which the client does by a call of another shape; organizations are switched off either way',
  'organizations.inviteExistingUser':
    'sends a form, which the client does by a call of another shape; organizations are switched off either way',
  'workflows.createAsYaml': 'the same address as workflows.create',
  'identityProviders.uploadCertificate': 'of no use without SAML providers',
};
