import '@patternfly/react-core/dist/styles/base.css';
import '@patternfly/patternfly/patternfly-addons.css';
import '@keycloak/keycloak-account-ui/styles.css';
import '../shared/console.css';
import { type AccountEnvironment, Header, KeycloakProvider, PageNav, routes } from '@keycloak/keycloak-account-ui';
import { Page, Spinner } from '@patternfly/react-core';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter, Outlet, RouterProvider } from 'react-router-dom';
import { followColorScheme } from '../shared/dark-mode.ts';
import { readEnvironment } from '../shared/environment.ts';
import { loadMessages } from '../shared/messages.ts';

const environment = readEnvironment<AccountEnvironment>();
followColorScheme();
const messages = await loadMessages(`${environment.serverBaseUrl}/resources/${environment.realm}/account/{{lng}}`, {
  lng: environment.locale,
});
// Personal info tells so when the person has chosen another language.
window.addEventListener('languageChanged', (event) => {
  const { language } = (event as CustomEvent<{ language: string }>).detail;
  environment.locale = language;
  void messages.changeLanguage(language);
});

const root = (
  <KeycloakProvider environment={environment}>
    <Page header={<Header />} sidebar={<PageNav />} isManagedSidebar>
      <Suspense fallback={<Spinner />}>
        <Outlet />
      </Suspense>
    </Page>
  </KeycloakProvider>
);
const router = createBrowserRouter([{ path: decodeURIComponent(new URL(environment.baseUrl).pathname), element: root, children: routes }]);
createRoot(document.getElementById('app') as HTMLElement).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);
