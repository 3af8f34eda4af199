import '@patternfly/react-core/dist/styles/base.css';
import '@patternfly/patternfly/patternfly-addons.css';
import '@keycloak/keycloak-admin-ui/styles.css';
import '../shared/console.css';
import { type AdminEnvironment, AdminUi, KeycloakProvider, routes } from '@keycloak/keycloak-admin-ui';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createHashRouter, RouterProvider } from 'react-router-dom';
import { followColorScheme } from '../shared/dark-mode.ts';
import { readEnvironment } from '../shared/environment.ts';
import { loadMessages } from '../shared/messages.ts';

const environment = readEnvironment<AdminEnvironment>();
followColorScheme();
// The console asks for the texts of each realm that it shows under the realm's name.
await loadMessages(`${environment.adminBaseUrl}/resources/{{ns}}/admin/{{lng}}`, {
  ns: [environment.realm],
  defaultNS: [environment.realm],
});

const root = (
  <KeycloakProvider environment={environment}>
    <AdminUi />
  </KeycloakProvider>
);
const router = createHashRouter([{ path: '/', element: root, children: routes }]);
createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
