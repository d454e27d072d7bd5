/** The attack table: every case with what must become of it. */
import { type AttackCase, type Expected, type Forge } from './case.ts';
import { eventOf, type Presented, type Shape, shapes, targetOf } from './events.ts';
import { algorithms } from './table-algorithms.ts';
import { claims } from './table-claims.ts';
import { format } from './table-format.ts';
import { keySelection } from './table-keys.ts';
import { requests } from './table-requests.ts';
import { sender } from './table-sender.ts';
import { signatures } from './table-signatures.ts';

export const table: readonly AttackCase[] = [
  ...[...algorithms, ...signatures, ...keySelection, ...format, ...claims, ...requests, ...sender],
];

/** One case as one event. */
export interface AttackEvent {
  readonly name: string;
  readonly shape: Shape;
  readonly expected: Expected;
  readonly event: Readonly<Record<string, unknown>>;
}

/** The events of a case: one of each shape that can carry it. */
export function eventsOf(
  attack: AttackCase,
  forge: Forge,
  among: readonly Shape[] = shapes,
): readonly AttackEvent[] {
  return among.flatMap((shape) => {
    if (attack.shapes?.includes(shape) === false) return [];
    const event = makeEvent(attack, forge, shape);
    return event === undefined ? [] : [{ name: attack.title, shape, expected: attack.expected, event }];
  });
}

function makeEvent(
  attack: AttackCase,
  forge: Forge,
  shape: Shape,
): Readonly<Record<string, unknown>> | undefined {
  const made = attack.present(forge, targetOf(shape));
  const presented: Presented = typeof made === 'string' ? { authorization: [`Bearer ${made}`] } : made;
  const event = eventOf(shape, presented);
  return event === undefined || attack.event === undefined ? event : attack.event(event);
}
