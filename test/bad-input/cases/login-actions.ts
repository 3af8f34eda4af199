import type { BadCase, Fault, Material } from '../case.ts';

const credentials = { username: 'user5', password: 'password5' } as const;

function form(
  fault: Fault,
  name: string,
  change: (action: string) => string,
  fields: Readonly<Record<string, string>> = credentials,
  cookies = true,
): BadCase {
  return {
    endpoint: 'login-actions',
    fault,
    name,
    request: async (material: Material) => {
      const { action, cookie } = await material.freshForm();
      return { path: change(action), form: fields, headers: cookies ? { cookie } : {} };
    },
  };
}

const parameter =
  (name: string, value: string | undefined) =>
  (action: string): string => {
    const [path = '', query = ''] = action.split('?');
    const parsed = new URLSearchParams(query);
    if (value === undefined) parsed.delete(name);
    else parsed.set(name, value);
    return `${path}?${parsed}`;
  };

const same = (action: string): string => action;

/** The form post of the login page. */
export const loginActionCases: readonly BadCase[] = [
  form('missing parameter', 'no session_code', parameter('session_code', undefined)),
  form('missing parameter', 'no execution', parameter('execution', undefined)),
  form('missing parameter', 'no client_id', parameter('client_id', undefined)),
  form('missing parameter', 'no tab_id', parameter('tab_id', undefined)),
  form('missing parameter', 'no client_data', parameter('client_data', undefined)),
  form('missing parameter', 'no cookies', same, credentials, false),
  form('missing parameter', 'no password', same, { username: 'user5' }),
  form('missing parameter', 'no user name', same, { password: 'password5' }),
  form('wrong credentials', 'a wrong password', same, { username: 'user5', password: 'wrong' }),
  form('wrong credentials', 'an unknown user', same, { username: 'nobody', password: 'wrong' }),
  form('oversized value', 'a user name of 10,000 characters', same, { username: 'x'.repeat(10_000), password: 'wrong' }),
  form('oversized value', 'a password of 10,000 characters', same, { username: 'user5', password: 'x'.repeat(10_000) }),
  form('wrong type', 'a session_code that is nonsense', parameter('session_code', '!!!')),
  form('wrong type', 'an execution that is nonsense', parameter('execution', 'nonsense')),
  form('wrong type', 'client_data that is nonsense', parameter('client_data', '%%%')),
  form('unknown object', 'an unknown tab', parameter('tab_id', 'AAAAAAAAAAA')),
  form('unknown object', 'an unknown client', parameter('client_id', 'nobody')),
  form('forged token', 'another session_code', parameter('session_code', 'A'.repeat(43))),
  form('foreign realm', 'the form of one realm posted to another', (action) => action.replace('/realms/test/', '/realms/foreign/')),
  form('doubled parameter', 'two session_code', (action) => `${action}&session_code=other`),
  form('wrong encoding', 'a zero byte in the user name', same, { username: 'user\u00005', password: 'x' }),
  form('script in a value', 'a script as user name', same, { username: '"><script>alert(1)</script>', password: 'x' }),
  {
    endpoint: 'login-actions',
    fault: 'wrong method',
    name: 'PUT',
    request: () => ({ path: '/realms/test/login-actions/authenticate', method: 'PUT', form: credentials }),
  },
  {
    endpoint: 'login-actions',
    fault: 'wrong method',
    name: 'GET without a session',
    request: () => ({ path: '/realms/test/login-actions/authenticate' }),
  },
];
