import { describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { ConfigError, type GatewayResponsesOptions, type JwtAuthorizerProps } from '../../lib/index.ts';
import { makeAuthorizer, makeRestApi } from './apis.ts';
import { makeStack, resourcesByPath } from './synth.ts';

function responses(options?: GatewayResponsesOptions, props: Partial<JwtAuthorizerProps> = {}) {
  const stack = makeStack();
  const authorizer = makeAuthorizer(stack, props);
  const api = makeRestApi(stack, { 'GET /a': authorizer.forRestApi() });
  authorizer.addGatewayResponses(api, options);
  const found = [...resourcesByPath(Template.fromStack(stack), 'AWS::ApiGateway::GatewayResponse').values()];
  return Object.fromEntries(
    found.map(({ Properties }) => [String(Properties['ResponseType']), said(Properties)]),
  );
}

/** What a response says, without what it is of. */
function said({ StatusCode, ResponseParameters, ResponseTemplates }: Readonly<Record<string, unknown>>) {
  return { StatusCode, ResponseParameters, ResponseTemplates };
}

const requestId = '"requestId":"$context.requestId"';

describe('JwtAuthorizer.addGatewayResponses', () => {
  it('says what RFC 6750 §3 asks for, and why', () => {
    const undecided = {
      StatusCode: '500',
      ResponseTemplates: { 'application/json': `{"error":"server_error",${requestId}}` },
    };
    expect(responses()).toEqual({
      UNAUTHORIZED: {
        StatusCode: '401',
        ResponseParameters: {
          'gatewayresponse.header.WWW-Authenticate':
            '\'Bearer error="invalid_token", error_description="The access token is missing, malformed, expired or revoked"\'',
        },
        ResponseTemplates: { 'application/json': `{"error":"invalid_token",${requestId}}` },
      },
      ACCESS_DENIED: {
        StatusCode: '403',
        ResponseParameters: {
          'gatewayresponse.header.WWW-Authenticate': '\'Bearer error="insufficient_scope"\'',
        },
        ResponseTemplates: {
          'application/json': `{"error":"insufficient_scope","reason":"$context.authorizer.reason",${requestId}}`,
        },
      },
      AUTHORIZER_FAILURE: undecided,
      AUTHORIZER_CONFIGURATION_ERROR: undecided,
    });
  });

  it('does not blame the scope where bad tokens are denied too', () => {
    expect(responses({}, { refusals: 'deny' })['ACCESS_DENIED']).toEqual({
      StatusCode: '403',
      ResponseParameters: { 'gatewayresponse.header.WWW-Authenticate': "'Bearer'" },
      ResponseTemplates: {
        'application/json': `{"error":"access_denied","reason":"$context.authorizer.reason",${requestId}}`,
      },
    });
  });

  it.each([
    ['https://app.example.com', { 'gatewayresponse.header.Vary': "'Origin'" }],
    ['*', {}],
  ])('lets pages of %s read every refusal', (allowOrigin, vary) => {
    const found = responses({ allowOrigin });
    expect(Object.keys(found)).toHaveLength(6);
    for (const { ResponseParameters } of Object.values(found)) {
      const { 'gatewayresponse.header.WWW-Authenticate': _, ...cors } = Object(ResponseParameters);
      expect(cors).toEqual({
        'gatewayresponse.header.Access-Control-Allow-Origin': `'${allowOrigin}'`,
        'gatewayresponse.header.Access-Control-Expose-Headers': "'WWW-Authenticate'",
        ...vary,
      });
    }
  });

  it.each(['app.example.com', 'https://app.example.com/', "https://a.example'", 'https://*.example.com/x'])(
    'refuses the origin %s',
    (allowOrigin) => {
      expect(() => responses({ allowOrigin })).toThrow(
        new ConfigError(
          `addGatewayResponses: allowOrigin: got ${JSON.stringify(allowOrigin)}; allowed: "*", or one origin such as ` +
            `"https://app.example.com"; leave path and trailing slash out; answers for several origins belong in front of the ` +
            `API (CloudFront)`,
        ),
      );
    },
  );

  it('refuses a second call for one API', () => {
    const stack = makeStack();
    const api = makeRestApi(stack, {});
    makeAuthorizer(stack).addGatewayResponses(api);
    expect(() => makeAuthorizer(stack, {}, 'Other').addGatewayResponses(api)).toThrow(
      new ConfigError(
        'addGatewayResponses: got Test/Rest a second time; allowed: once for each REST API, whichever the authorizer',
      ),
    );
  });
});
