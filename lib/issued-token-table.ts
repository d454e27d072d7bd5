import type { RemovalPolicy } from 'aws-cdk-lib/core';
import { AttributeType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { Tables } from '../core/contract/index.ts';
import { makeTable } from './data-table.ts';

/**
 * Makes the record of what was issued. A token is one write request and, of its item of some 400 bytes, one write unit for
 * the table and one for each index that it is in: three for a token of a client's own, four for one of a subject.
 */
export function makeIssuedTokenTable(scope: Construct, removalPolicy: RemovalPolicy): Table {
  const { partitionKey, ttl, indexes } = Tables.issuedToken;
  const table = makeTable(scope, 'IssuedTokens', { partitionKey, ttl, removalPolicy });
  for (const index of Object.values(indexes)) {
    table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
      sortKey: { name: ttl, type: AttributeType.NUMBER },
    });
  }
  return table;
}
