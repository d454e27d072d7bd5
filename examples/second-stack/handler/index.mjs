/** Says which route was called, and by whom. */
export async function handler({ routeKey, requestContext }) {
  const { sub, scope } = requestContext.authorizer.lambda;
  return { route: routeKey, subject: sub, scope };
}
