import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { registerLoginActions } from '../pages/login-actions.ts';
import { registerPageResources } from '../pages/resources.ts';
import { oidcLoginProtocol } from './authorization-response.ts';
import { registerAuthorize } from './authorize.ts';
import { registerLoginStatusIframe } from './login-status-iframe.ts';
import { registerLogout } from './logout.ts';
import { registerThirdPartyCookies } from './third-party-cookies.ts';

/** Everything of OpenID Connect that a person's browser visits, with the login pages behind it. */
export function registerBrowserSide(app: FastifyInstance, context: ServerContext): void {
  const protocol = oidcLoginProtocol(context);
  registerAuthorize(app, context, protocol);
  registerLoginActions(app, context, protocol);
  registerLogout(app, context);
  registerLoginStatusIframe(app, context);
  registerThirdPartyCookies(app, context);
  registerPageResources(app);
}
