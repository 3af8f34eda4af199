import type { Difference } from './differences.ts';

const direct = 'certificates | direct grant';
const browser = 'certificates | browser';

/** Deliberate differences of logins and clients by certificate. */
export const certificateDifferences: readonly Difference[] = [
  {
    walk: direct,
    step: /^(?:expired|early|foreigner|expired, where time does not count|foreigner, checked against the authorities)$/,
    entry: /^(?:status|json.*)$/,
    what: 'A certificate that a proxy passes on in a header counts only if it leads to a trusted authority and is in its time, whatever the settings of the step say; `trust-proxy-verification` believes nginx instead.',
    reason: 'a proxy that was set up to ask for certificates and not to check them would let in everybody by a name',
  },
  {
    walk: browser,
    step: /^(?:expired|early|foreigner)$/,
    entry: /./,
    what: 'Such a certificate is none: the browser sees the form for a password.',
    reason: 'the same',
  },
  {
    walk: direct,
    step: 'with other extended key usage',
    entry: /^(?:status|json.*)$/,
    what: 'An extended key usage that the settings ask for must stand in the certificate, whether or not the extension is critical.',
    reason:
      'the original asks for it in critical extensions only, and certificates of persons rarely have one: the setting would say nothing',
  },
  {
    walk: direct,
    step: /^by serial number and issuer(?:, the first name first)?$/,
    entry: /^(?:status|json.*)$/,
    what: 'The name of an issuer is written `CN=Authority, O=Example`, whichever way the certificate came; the original writes it the other way round (`O=Example,CN=Authority`) where a proxy passed it on.',
    reason: 'one spelling for one certificate; the canonical one (`canonical-dn-enabled`) is the same in both servers',
  },
  {
    walk: direct,
    step: 'by an attribute that two have',
    entry: /^(?:status|json.*)$/,
    what: 'A certificate that means two users is refused as one that means nobody.',
    reason: 'the original refuses it with the text of a failure inside',
  },
  {
    walk: browser,
    step: /^(?:the question|plain)$/,
    entry: /^(?:form kc-select-try-another-way-form.*|field tryAnotherWay.*|labels|ids)$/,
    what: 'The question about a certificate offers to go on or not to; whoever says no sees the form for a password.',
    reason: 'another list of ways in front of that form would have one entry',
  },
  {
    walk: browser,
    step: 'without a question',
    entry: 'cookie KC_RESTART',
    what: 'A login that a certificate alone completes takes away the cookie by which it could begin anew.',
    reason: 'it is over',
  },
];
