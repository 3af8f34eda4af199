import type { LightMyRequestResponse } from 'fastify';
import type { LoginServer } from './login-server.ts';
import { postForm } from './protocol-forms.ts';
import { redirectOf, type TestBrowser } from './test-browser.ts';

/** Lets a client of a test ask for devices. */
export const DEVICES_ALLOWED = { 'oauth2.device.authorization.grant.enabled': 'true' };
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** The two codes of a request, as the device reads them. */
export interface DeviceCodes {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri_complete: string;
}

export function askAsDevice(server: LoginServer, form: Readonly<Record<string, string | undefined>> = {}): Promise<LightMyRequestResponse> {
  return postForm(server, 'protocol/openid-connect/auth/device', { client_id: 'app', scope: 'openid', ...form });
}

export async function deviceCodes(server: LoginServer, form: Readonly<Record<string, string>> = {}): Promise<DeviceCodes> {
  return (await askAsDevice(server, form)).json();
}

/** The device's question whether the user answered. */
export function poll(
  server: LoginServer,
  codes: Pick<DeviceCodes, 'device_code'>,
  form: Readonly<Record<string, string | undefined>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<LightMyRequestResponse> {
  const all = { client_id: 'app', grant_type: DEVICE_GRANT, device_code: codes.device_code, ...form };
  return postForm(server, 'protocol/openid-connect/token', all, headers);
}

/** A person signs in with the code and answers the question; the page at the end. */
export async function answerAsUser(browser: TestBrowser, codes: DeviceCodes, answer: 'accept' | 'cancel'): Promise<LightMyRequestResponse> {
  const login = await browser.get(codes.verification_uri_complete);
  const question = await browser.get(redirectOf(await browser.submit(login, { username: 'alice', password: 'secret' })).href);
  return browser.get(redirectOf(await answerQuestion(browser, question, answer)).href);
}

/** Presses a button of the page that asks for consent. */
export function answerQuestion(browser: TestBrowser, question: LightMyRequestResponse, answer: 'accept' | 'cancel') {
  const code = /name="code" value="([^"]*)"/.exec(question.body)?.[1];
  if (code === undefined) throw new Error(`no question in: ${question.statusCode} ${question.body.slice(0, 400)}`);
  return browser.submit(question, { code, [answer]: '' });
}
