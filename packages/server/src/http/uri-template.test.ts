import { expect, it } from 'vitest';
import { uriTemplate } from './uri-template.ts';

it.each([
  ['/realms/:realm/protocol/openid-connect/token', '/realms/{realm}/protocol/{protocol}/token'],
  ['/admin/realms/:realm/users/:id/sessions', '/admin/realms/{realm}/users/{id}/sessions'],
  ['/', '/'],
  [undefined, 'NOT_FOUND'],
])('writes the route %s as Keycloak does: %s', (route, template) => {
  expect(uriTemplate(route)).toBe(template);
});
