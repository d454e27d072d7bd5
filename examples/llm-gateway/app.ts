/**
 * An OpenAI-compatible upstream behind a REST API: clients come with a token of ours and the scope of a model, the
 * provider's key is added on the way, and answers are streamed.
 */
import { App, CfnOutput, CfnParameter, Duration, Fn, Stack } from 'aws-cdk-lib';
import {
  HttpIntegration,
  JsonSchemaType,
  type Model,
  ResponseTransferMode,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { KeyturnStack } from 'keyturn';

/** Where the provider is, and its models: each has a route and a scope of its own. */
const { UPSTREAM: upstream = 'https://api.openai.com' } = process.env;
const models = ['gpt-small', 'gpt-large'];

const app = new App();
const { authorizer } = new KeyturnStack(app, 'Keyturn');

const stack = new Stack(app, 'Gateway');
const providerKey = new CfnParameter(stack, 'ProviderKey', {
  noEcho: true,
  minLength: 1,
  description: "The provider's API key; clients never see it",
});

const api = new RestApi(stack, 'Api', {
  cloudWatchRole: false,
  defaultMethodOptions: { authorizer: authorizer.forRestApi() },
});
authorizer.addGatewayResponses(api);

const chat = new HttpIntegration(`${upstream}/v1/chat/completions`, {
  httpMethod: 'POST',
  options: {
    requestParameters: {
      'integration.request.header.Authorization': Fn.join('', ["'Bearer ", providerKey.valueAsString, "'"]),
    },
    responseTransferMode: ResponseTransferMode.STREAM,
    timeout: Duration.minutes(5),
  },
});

const requestValidator = api.addRequestValidator('Body', { validateRequestBody: true });

for (const model of models) {
  const completions = api.root
    .addResource(model)
    .addResource('v1')
    .addResource('chat')
    .addResource('completions');
  const request = requestFor(model);
  const requestModels = { 'application/json': request, $default: request };
  completions.addMethod('POST', chat, { requestValidator, requestModels });
  authorizer.requireScopes(`POST /${model}/v1/chat/completions`, [`model:${model}`]);
}

new CfnOutput(stack, 'Url', { value: api.url });

/** API Gateway finds no route by the body, but it can refuse one that asks for another model than its route's. */
function requestFor(model: string): Model {
  return api.addModel(`${model}-request`, {
    contentType: 'application/json',
    schema: {
      type: JsonSchemaType.OBJECT,
      required: ['model', 'messages'],
      properties: { model: { enum: [model] }, messages: { type: JsonSchemaType.ARRAY } },
    },
  });
}
