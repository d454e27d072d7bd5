import { CfnStage as CfnRestStage } from 'aws-cdk-lib/aws-apigateway';
import { CfnStage as CfnHttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { type Alarm, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, FilterCriteria, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { type CachingStage, Environment } from '../core/contract/index.ts';
import { makeFunction } from './function.ts';
import { alarmOnAny } from './metrics.ts';
import type { IRevocationTable } from './revocation-table.ts';

/** How a {@link CacheFlush} is made. */
export interface CacheFlushProps {
  readonly revocations: IRevocationTable;
  /** The stream of that table. */
  readonly streamArn: string;
  /** How long answers are kept: a flush that could not be made for that long is of no use any more. */
  readonly resultsCacheTtl: Duration;
}

/** An API whose answers are kept. */
export interface CachingApi {
  readonly api: CachingStage['api'];
  readonly apiId: string;
}

/** Changes that matter: not those by which DynamoDB deletes what has expired. */
const changes = [
  FilterCriteria.filter({ eventName: ['INSERT', 'MODIFY'] }),
  FilterCriteria.filter({ eventName: ['REMOVE'], userIdentity: { principalId: [{ exists: false }] } }),
];

/** Flushes the kept answers of one stack's stages when revocations change. */
export class CacheFlush extends Construct {
  readonly #apis = new Map<string, CachingApi>();
  readonly #errors: Metric;

  /** @throws {@link ConfigError} when the function's bundle is not built */
  constructor(scope: Construct, id: string, { revocations, streamArn, resultsCacheTtl }: CacheFlushProps) {
    super(scope, id);
    const fn = makeFunction(this, 'CacheFlush', {
      name: 'cache-flush',
      description: "Flushes authorizers' cached answers when revocations change",
      memorySize: 256,
      timeout: Duration.minutes(1),
    });
    fn.addEnvironment(
      Environment.cachingStages,
      Lazy.string({ produce: () => Stack.of(this).toJsonString(this.#stages()) }),
    );
    fn.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['apigateway:DELETE'],
        resources: Lazy.list({ produce: () => this.#stages().map((stage) => this.#cacheArn(stage)) }),
      }),
    );
    this.node.addValidation({ validate: () => this.#findFaults() });
    revocations.grantReadStream(fn, streamArn);
    this.#errors = fn.metricErrors({ statistic: Stats.SUM });
    new EventSourceMapping(this, 'Changes', {
      target: fn,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.LATEST,
      batchSize: 1000,
      filters: changes,
      maxRecordAge: resultsCacheTtl.isUnresolved() ? Duration.hours(1) : atLeastAMinute(resultsCacheTtl),
    }).node.addDependency(fn);
  }

  /**
   * A flush failed within 5 minutes; runbook: `docs/runbook.md#kept-answers-are-not-flushed`.
   *
   * @returns an alarm without an action; give it one with `addAlarmAction`
   */
  addFailuresAlarm(id = 'Failures'): Alarm {
    return alarmOnAny(this, id, {
      metric: this.#errors,
      says: 'API Gateway still has cached answers that a revocation should have flushed. Runbook: docs/runbook.md#kept-answers-are-not-flushed',
    });
  }

  /** Flushes every stage of this API too. */
  add(api: CachingApi): void {
    this.#apis.set(`${api.api} ${api.apiId}`, api);
  }

  /** IAM takes no statement without a resource. */
  #findFaults(): string[] {
    if (this.#stages().length > 0) return [];
    return [
      'answers that API Gateway keeps: got no stage of their API in its stack; allowed: one or more, because they are flushed ' +
        'by stage; make the stage there, or leave resultsCacheTtl out',
    ];
  }

  /** Asked at synthesis, when all stages are made. */
  #stages(): readonly CachingStage[] {
    const all = Stack.of(this).node.findAll();
    return [...this.#apis.values()].flatMap(({ api, apiId }) =>
      all.flatMap((node): readonly CachingStage[] => {
        if (api === 'HTTP' && node instanceof CfnHttpStage && node.apiId === apiId)
          return [{ api, apiId, stageName: node.ref }];
        if (api === 'REST' && node instanceof CfnRestStage && node.restApiId === apiId)
          return [{ api, apiId, stageName: node.ref }];
        return [];
      }),
    );
  }

  #cacheArn({ api, apiId, stageName }: CachingStage): string {
    const { partition, region } = Stack.of(this);
    const apis = api === 'REST' ? 'restapis' : 'apis';
    return `arn:${partition}:apigateway:${region}::/${apis}/${apiId}/stages/${stageName}/cache/authorizers`;
  }
}

/** What the stream lets one say at least. */
function atLeastAMinute(ttl: Duration): Duration {
  return Duration.seconds(Math.max(60, ttl.toSeconds()));
}
