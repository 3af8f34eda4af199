/** Users may have attributes that no profile names, and have to have a name and an address or not. */
export const keepsAttributes = (isComplete: boolean): Readonly<Record<string, unknown>> => ({
  components: {
    'org.keycloak.userprofile.UserProfileProvider': [
      {
        providerId: 'declarative-user-profile',
        subComponents: {},
        config: {
          'kc.user.profile.config': [
            JSON.stringify({
              attributes: ['username', 'email', 'firstName', 'lastName'].map((name) => ({
                name,
                permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
                ...(name === 'username' || !isComplete ? {} : { required: { roles: ['user'] } }),
              })),
              groups: [],
              unmanagedAttributePolicy: 'ENABLED',
            }),
          ],
        },
      },
    ],
  },
});
