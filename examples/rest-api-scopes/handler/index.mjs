/** Says which route was called, and by whom. */
export async function handler({ httpMethod, resource, requestContext }) {
  const { sub, scope } = requestContext.authorizer;
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ route: `${httpMethod} ${resource}`, subject: sub, scope }),
  };
}
