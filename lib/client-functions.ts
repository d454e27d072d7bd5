import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { Environment } from '../core/contract/index.ts';
import { type FunctionName, makeFunction } from './function.ts';
import { allow } from './permissions.ts';

/** The functions that see to the clients of a stack. Each is made when it is first asked for. */
export class ClientFunctions extends Construct {
  readonly #clients: Table;

  constructor(scope: Construct, id: string, clients: Table) {
    super(scope, id);
    this.#clients = clients;
  }

  /** Registers clients as CloudFormation asks. */
  registration(): LambdaFunction {
    return this.#function('Registration', 'client-registration', 'Registers the clients of the stack', [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:DeleteItem',
    ]);
  }

  /** Rotates client secrets as Secrets Manager asks. */
  rotation(): LambdaFunction {
    return this.#function('Rotation', 'secret-rotation', 'Rotates the secrets of clients', [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ]);
  }

  #function(id: string, name: FunctionName, description: string, actions: readonly string[]): LambdaFunction {
    const made = this.node.tryFindChild(id)?.node.findChild('Function');
    if (made !== undefined) return made as LambdaFunction;
    const fn = makeFunction(this, id, { name, description, timeout: Duration.minutes(1) });
    allow(fn, { actions, resourceArn: this.#clients.tableArn });
    fn.addEnvironment(Environment.clientTable, this.#clients.tableName);
    return fn;
  }
}
