import type { FastifyInstance } from 'fastify';
import { registerBroker } from '../broker/index.ts';
import type { ServerContext } from '../context.ts';
import { registerLoginActions } from '../pages/login-actions.ts';
import { registerPageResources } from '../pages/resources.ts';
import { oidcLoginProtocol } from './authorization-response.ts';
import { registerAuthorize } from './authorize.ts';
import { registerDevicePages } from './device/device-pages.ts';
import { acceptFormsOnly } from './form.ts';
import { registerLoginStatusIframe } from './login-status-iframe.ts';
import { registerLogout } from './logout.ts';
import { registerThirdPartyCookies } from './third-party-cookies.ts';

/** Everything of OpenID Connect that a person's browser visits, with the login pages behind it. Only forms are read as bodies. */
export function registerBrowserSide(app: FastifyInstance, context: ServerContext): void {
  const protocol = oidcLoginProtocol(context);
  app.register(async (scope) => {
    acceptFormsOnly(scope);
    registerAuthorize(scope, context, protocol);
    registerBroker(scope, context, protocol);
    registerLoginActions(scope, context, protocol);
    registerDevicePages(scope, context, protocol);
    registerLogout(scope, context);
    registerLoginStatusIframe(scope, context);
    registerThirdPartyCookies(scope, context);
    registerPageResources(scope, context);
  });
}
