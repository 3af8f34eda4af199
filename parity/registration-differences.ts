import type { Difference } from './differences.ts';

/** Deliberate differences of client registration. */
export const registrationDifferences: readonly Difference[] = [
  {
    entry: /^json\.backchannel_logout_(?:session_required|revoke_offline_tokens)$/,
    what: 'What is registered of back-channel logout is answered as it is stored.',
    reason: 'the original answers one switch under the name of the other',
  },
  {
    walk: 'admin-providers | initial access',
    entry: /^json\.token (?:claims\.exp|lifetime)$/,
    what: 'Tokens of client registration that have no end have no `exp`.',
    reason: 'the original writes 0, which was in 1970',
  },
  {
    walk: 'registration | what is not here',
    step: 'pairwise subjects',
    entry: /^(?:status|redirect|header content-type|json\..*)$/,
    what: 'A client that wants pairwise subject identifiers is not registered.',
    reason: 'the feature is not there, and the client would not hear of it',
  },
  {
    walk: 'registration | what is not here',
    step: /^(?:unknown algorithm|unsigned)$/,
    entry: /^(?:status|redirect|header content-type|json\..*)$/,
    what: 'A client that wants algorithms that are not there is not registered.',
    reason: 'the original takes any text, and signs otherwise than the client expects',
  },
  {
    walk: 'registration | what is not here',
    step: /^(?:a name without end|a subject type that is none)$/,
    entry: /^(?:status|json\..*)$/,
    what: 'Client metadata that are too long or unknown values are answered 400.',
    reason: 'The original fails with 500; bad input is not a fault of the server.',
  },
  {
    walk: 'registration | what is not here',
    step: 'logo and documents',
    entry: /^json\.(?:logo_uri|tos_uri|policy_uri)$/,
    original: 'absent',
    what: 'Addresses of logo, terms and policy are among the registered metadata that are answered.',
    reason: 'RFC 7591 section 3.2.1 wants all that is registered',
  },
];
