import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Environment, Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';
import { makeFunction } from './function.ts';
import { allow } from './permissions.ts';

/**
 * One-time tickets for WebSocket handshakes: their table, which goes with its stack because a ticket is good for half a
 * minute, and the function that gives them.
 */
export class Tickets extends Construct {
  /** Answers whom the authorizer lets pass with `{"ticket":"…","expires_in":30}`. */
  readonly handler: LambdaFunction;

  /** @param options the authorizer, which takes the tickets, and how long log lines are kept */
  constructor(
    scope: Construct,
    id: string,
    options: { readonly authorizer: LambdaFunction; readonly logRetention?: RetentionDays },
  ) {
    super(scope, id);
    const { authorizer, ...rest } = options;
    const { tableArn, tableName } = makeTable(this, 'Table', {
      ...Tables.ticket,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.handler = makeFunction(this, 'Issue', {
      name: 'ticket',
      description: 'Issues one-time tickets for WebSocket handshakes',
      timeout: Duration.seconds(5),
      ...rest,
    });
    allow(this.handler, { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resourceArn: tableArn });
    allow(authorizer, { actions: ['dynamodb:DeleteItem'], resourceArn: tableArn });
    for (const fn of [this.handler, authorizer]) fn.addEnvironment(Environment.ticketTable, tableName);
  }
}
