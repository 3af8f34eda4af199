import { listOf, representation } from '../representation-shapes.ts';

// Bodies that the console sends below /ui-ext.

export const removedRolesShape = listOf(representation('RoleMappingDeleteRequest', { texts: 'roleId roleName clientId' }));
