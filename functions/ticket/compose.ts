import { randomBytes } from 'node:crypto';
import { connectDynamoDb } from '../../adapters/dynamodb/connection.ts';
import { ticketStore } from '../../adapters/dynamodb/tickets.ts';
import { Environment, readVariable } from '../../core/contract/environment.ts';
import type { TicketStore } from '../../core/ports.ts';

/** Wires the ticket function, once per container. */
export function compose(): {
  store: TicketStore;
  randomBytes: (length: number) => Uint8Array;
  /** NumericDate. */
  clock: () => number;
} {
  return {
    store: ticketStore(connectDynamoDb(), readVariable(process.env, Environment.ticketTable)),
    randomBytes,
    clock: () => Date.now() / 1000,
  };
}
