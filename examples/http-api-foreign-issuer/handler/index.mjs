/** Says which route was called, by whom, and who vouches for the caller. */
export async function handler({ routeKey, requestContext }) {
  const { sub, scope, issuer } = requestContext.authorizer.lambda;
  return { route: routeKey, subject: sub, scope, issuer };
}
