/** Lets a connection open, and answers each message with who sent it. */
export async function handler({ requestContext, body }) {
  if (requestContext.eventType === 'CONNECT') return { statusCode: 200 };
  const { sub } = requestContext.authorizer;
  return { statusCode: 200, body: JSON.stringify({ subject: sub, message: body }) };
}
