/** A browser flow that ends with a limit of one session. */
export const limitedFlows: Readonly<Record<string, unknown>> = {
  browserFlow: 'limited browser',
  authenticationFlows: [
    {
      alias: 'limited browser',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
      authenticationExecutions: [
        { authenticator: 'auth-cookie', requirement: 'ALTERNATIVE', priority: 10, authenticatorFlow: false },
        { flowAlias: 'limited forms', requirement: 'ALTERNATIVE', priority: 20, authenticatorFlow: true },
      ],
    },
    {
      alias: 'limited forms',
      providerId: 'basic-flow',
      topLevel: false,
      builtIn: false,
      authenticationExecutions: [
        { authenticator: 'auth-username-password-form', requirement: 'REQUIRED', priority: 10, authenticatorFlow: false },
        {
          authenticator: 'user-session-limits',
          authenticatorConfig: 'one session',
          requirement: 'REQUIRED',
          priority: 20,
          authenticatorFlow: false,
        },
      ],
    },
  ],
  authenticatorConfig: [{ alias: 'one session', config: { behavior: 'Deny new session', userRealmLimit: '1', userClientLimit: '0' } }],
};
