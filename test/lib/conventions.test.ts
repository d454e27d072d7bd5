/** CDK's conventions, held over every exported interface of the constructs. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const lib = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'lib');

/** A property of an exported interface, with the comment before it. */
interface Property {
  readonly name: string;
  readonly isOptional: boolean;
  readonly isReadonly: boolean;
  readonly comment: string;
}

const interfaces = /^export interface (\w+)[^{]*\{\n(.*?)^\}/gms;
const properties = /^(?: {2}\/\*\*((?:(?!\*\/).)*)\*\/\n)? {2}(readonly )?(\w+)(\?)?:/gms;

function propertiesOf(source: string): readonly Property[] {
  return [...source.matchAll(interfaces)].flatMap(([, owner = '', body = '']) =>
    [...body.matchAll(properties)].map(([, comment = '', readonly, name = '', optional]) => ({
      name: `${owner}.${name}`,
      isOptional: optional !== undefined,
      isReadonly: readonly !== undefined,
      comment,
    })),
  );
}

const files = readdirSync(lib).filter((name) => name.endsWith('.ts'));
const all = files.flatMap((name) => propertiesOf(readFileSync(path.join(lib, name), 'utf8')));
const namesOf = (found: readonly Property[]) => found.map(({ name }) => name);

describe('a property of an exported interface', () => {
  it('is readonly', () => {
    expect(namesOf(all.filter(({ isReadonly }) => !isReadonly))).toEqual([]);
  });

  it('says its default where it is optional', () => {
    const optional = all.filter(({ isOptional }) => isOptional);
    expect(optional.length).toBeGreaterThan(50);
    expect(namesOf(optional.filter(({ comment }) => !/@default \S/.test(comment)))).toEqual([]);
  });
});

it('the rule sees what lacks it', () => {
  const source =
    'export interface Props {\n  /** A. @default 1 */\n  readonly a?: number;\n  b?: string;\n}\n';
  expect(propertiesOf(source)).toEqual([
    { name: 'Props.a', isOptional: true, isReadonly: true, comment: expect.stringContaining('@default 1') },
    { name: 'Props.b', isOptional: true, isReadonly: false, comment: '' },
  ]);
});
