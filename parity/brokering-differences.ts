import type { Difference } from './differences.ts';

const first = 'brokering | a first login';
const linking = 'brokering | linking by an action of a login';
/** Anything but `absent`. */
const shown = /^(?!absent$)/;
const profile = /^(?:something is missing|still missing|the profile first)$/;

/** Deliberate differences of logins through outside providers. */
export const brokeringDifferences: readonly Difference[] = [
  {
    walk: first,
    step: 'a hint',
    entry: 'status',
    original: '303',
    here: '302',
    what: 'A hint sends the browser to the provider with 302, as every redirect of the authorization endpoint.',
    reason: 'the request is a GET, for which both mean the same',
  },
  {
    walk: 'brokering | refusals of the provider',
    step: 'a foreign state',
    entry: 'status',
    original: '500',
    here: '400',
    what: 'What comes back from a provider with a state that nobody began with is answered 400.',
    reason: 'The original fails with 500; bad input is not a fault of the server.',
  },
  {
    walk: 'brokering | refusals of the provider',
    step: 'an unknown provider',
    entry: /^(?:header content-type|json\.error|ids|language|header content-language)$/,
    what: 'Who comes back from a provider that is not there sees a page, with the same status.',
    reason: 'it is a browser that stands there',
  },
  {
    walk: first,
    step: profile,
    entry: /^field (?:email|firstName|lastName)$/,
    original: shown,
    here: shown,
    what: 'The fields of the profile at a first login through a provider tell browsers what they hold.',
    reason: 'browsers fill them in, and telephones show the keyboard for addresses',
  },
  {
    walk: first,
    step: profile,
    entry: 'ids',
    what: 'The button of that form has an id.',
    reason: 'the buttons of the other forms have it, too',
  },
  {
    walk: first,
    step: 'link it',
    entry: /^(?:field (?:username(?: value)?|rememberMe)|labels|ids|link .*)$/,
    what: 'Who proves that an account is his, so that it is linked, is asked for its password and nothing else: the name is fixed, and no provider is offered.',
    reason: 'the original shows a field for another name, which it refuses',
  },
  {
    walk: linking,
    step: /^(?:the page|once more)$/,
    entry: 'form action ?execution',
    original: 'idp_link',
    here: 'idp_link:linked',
    what: 'The address of the form that begins a link names the provider.',
    reason: 'the form works for what it shows, also where the login has gone on in another tab',
  },
  {
    walk: linking,
    step: 'an identity of somebody else',
    entry: /./,
    what: 'Where the identity belongs to another account the application hears `kc_action_status=error`; the original ends at a page.',
    reason: 'the application that asked knows how to go on, and the login is complete',
  },
];
