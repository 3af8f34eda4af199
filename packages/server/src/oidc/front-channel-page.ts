import type { FastifyReply } from 'fastify';
import type { FrontChannelClient } from '../logout/contracts.ts';
import type { BrowserRequest } from '../pages/browser-request.ts';
import { sendPage } from '../pages/send-page.ts';

/** Goes on when every frame has loaded; an application that hangs is waited for five seconds. Without scripts the link does. */
const CONTINUE_SCRIPT =
  "(function(){var gone=false;function go(){if(!gone){gone=true;location.replace(document.getElementById('continue').href);}}" +
  "addEventListener('load',go);setTimeout(go,5000);})();";

/** The page whose frames tell applications of a logout (OpenID Connect Front-Channel Logout 1.0). */
export function sendFrontChannelPage(
  browser: BrowserRequest,
  clients: readonly FrontChannelClient[],
  redirectUri: string | undefined,
): FastifyReply {
  return sendPage(browser, {
    template: 'frontchannel-logout',
    heading: 'logoutConfirmHeading',
    policy: {
      script: redirectUri === undefined ? undefined : CONTINUE_SCRIPT,
      frames: [...new Set(clients.map(({ url }) => new URL(url).origin))],
    },
    data: { clients, redirectUri, script: CONTINUE_SCRIPT },
  });
}
