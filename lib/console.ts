import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Routes } from '../core/contract/index.ts';
import { makeFunction } from './function.ts';

/** How a {@link Console} is made. */
export interface ConsoleProps {
  /** The API that serves the page, at `GET /console`: the one with the admin API. */
  readonly httpApi: HttpApi;
}

/**
 * The web console: a debugger that explains tokens in the browser, and a dashboard for whoever has an admin token. The page
 * itself is public and holds no secret; everything that it shows of a stack comes from the admin API, which the
 * authorizer protects. An API has it only where somebody makes one.
 */
export class Console extends Construct {
  /** Serves the page. Its role may write its log and nothing else. */
  readonly handler: LambdaFunction;

  /** @throws {@link ConfigError} when the function's bundle is not built */
  constructor(scope: Construct, id: string, { httpApi }: ConsoleProps) {
    super(scope, id);
    this.handler = makeFunction(this, 'Page', {
      name: 'console',
      description: 'Serves the web console',
      memorySize: 256,
    });
    httpApi.addRoutes({
      methods: [HttpMethod.GET],
      path: Routes.console,
      integration: new HttpLambdaIntegration('Page', this.handler),
    });
  }
}
