import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { ReplyError } from '../http/errors.ts';
import { notEnabled } from '../http/switched-off-routes.ts';
import { adminRoutes } from './admin-route.ts';
import { invalidValue, notFound } from './answers.ts';
import { clientOf, groupOf, userOf } from './lookups.ts';

const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const noOrganizations = (): ReplyError => new ReplyError(404, { errorMessage: 'Organizations not enabled for this realm.' });

/** Addresses of features that are not here: they answer as the original does where it has the feature switched off, or nothing of the kind. */
export function registerWithoutFeature(app: FastifyInstance, context: ServerContext): void {
  const declare = adminRoutes(app, context);
  for (const path of [
    '/users-management-permissions',
    '/clients/:clientUuid/management/permissions',
    '/groups/:groupId/management/permissions',
    '/roles-by-id/:roleId/management/permissions',
    '/identity-provider/instances/:alias/management/permissions',
  ]) {
    for (const method of ['GET', 'PUT']) {
      declare(`${method} ${path}`, async () => {
        throw notEnabled();
      });
    }
  }
  declare('GET /client-types', async () => {
    throw notEnabled();
  });
  for (const endpoint of ['GET /organizations', 'POST /organizations', ...methods.map((method) => `${method} /organizations/*`)]) {
    declare(endpoint, async () => {
      throw noOrganizations();
    });
  }
  for (const method of ['PUT', 'DELETE']) {
    declare(`${method} /groups/:groupId/members/:userId`, async (call) => {
      await groupOf(call);
      throw noOrganizations();
    });
  }
  for (const method of methods) {
    declare(`${method} /users/:userId/vc/*`, async (call) => {
      await userOf(call);
      throw invalidValue('Feature oid4vc-vci not enabled');
    });
  }
  // Users live here alone: no component is a storage of others.
  for (const endpoint of [
    'GET /user-storage/:componentId/name',
    'POST /user-storage/:componentId/remove-imported-users',
    'POST /user-storage/:componentId/sync',
    'POST /user-storage/:componentId/unlink-users',
  ]) {
    declare(endpoint, async () => {
      throw notFound('Could not find component');
    });
  }
  declare('POST /user-storage/:componentId/mappers/:mapperId/sync', async () => {
    throw notFound('Parent model not found');
  });
  // Nothing is there of these: lists without entries.
  declare('GET /workflows', async () => []);
  declare('GET /credential-registrators', async () => []);
  declare('GET /clients/:clientUuid/test-nodes-available', async (call) => {
    await clientOf(call);
    return {};
  });
}
