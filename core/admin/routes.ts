import { adminRouteKey, type AdminRouteName, AdminRoutes } from '../contract/routes.ts';
import { errorAnswer, type HttpAnswer, jsonAnswer } from '../oauth/answers.ts';
import { addSecret, removeSecret } from './client-secrets.ts';
import { changeClient, deleteClient, listClients, registerClient } from './clients.ts';
import { listEvents } from './events.ts';
import { adminExplain } from './explain.ts';
import type { AdminContext, AdminHandler, AdminRequest } from './request.ts';
import { issueToken } from './issue-token.ts';
import { listKeys } from './keys.ts';
import { compromiseKey, rotateKeys } from './turn-keys.ts';
import { listRevocations } from './list-revocations.ts';
import { overview } from './overview.ts';
import { adminRevoke, adminRevokeMany } from './revocations.ts';
import { listTokens } from './tokens.ts';
import { adminUnrevoke } from './unrevoke.ts';

const handlers: Readonly<Record<AdminRouteName, AdminHandler>> = {
  overview,
  listRevocations,
  revoke: adminRevoke,
  revokeMany: adminRevokeMany,
  unrevoke: adminUnrevoke,
  listTokens,
  listEvents,
  explain: adminExplain,
  listKeys,
  rotateKeys,
  compromiseKey,
  issueToken,
  listClients,
  registerClient,
  changeClient,
  deleteClient,
  addSecret,
  removeSecret,
};

/** The route of API Gateway's route key; undefined where the admin API has none. */
export function adminRouteOf(routeKey: string): AdminRouteName | undefined {
  const names = Object.keys(AdminRoutes) as AdminRouteName[];
  return names.find((name) => adminRouteKey(AdminRoutes[name]) === routeKey);
}

/** Answers one request of the admin API. Whether the caller may ask was decided before. */
export async function answerAdmin(
  route: AdminRouteName,
  request: AdminRequest,
  context: AdminContext,
): Promise<HttpAnswer> {
  try {
    return jsonAnswer(200, await handlers[route](request, context));
  } catch (error) {
    return errorAnswer(error);
  }
}
