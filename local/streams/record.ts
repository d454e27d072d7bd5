import { randomBytes } from 'node:crypto';
import { arrayOf, canonicalJson, isObject, objectOf, type JsonObject } from '../json.ts';
import { region } from '../types.ts';

/** A table with a stream. */
export interface StreamedTable {
  readonly name: string;
  readonly streamArn: string;
  /** `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`. */
  readonly viewType: string;
  /** Names of the attributes of its primary key. */
  readonly keyNames: readonly string[];
}

/** An item before and after a write; undefined where there was none. */
export interface Change {
  readonly key: JsonObject;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** A stream record as Lambda delivers it. */
export interface StreamRecord extends JsonObject {
  readonly dynamodb: JsonObject & {
    readonly SequenceNumber: string;
    /** Seconds since the epoch. */
    readonly ApproximateCreationDateTime: number;
  };
}

/** When a record was made, and its place in the stream. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly sequenceNumber: string;
}

/**
 * The record of a write, or undefined when it changed nothing: DynamoDB streams no such write.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
 */
export function recordOf(change: Change, table: StreamedTable, moment: Moment): StreamRecord | undefined {
  const { key, before, after } = change;
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return undefined;
  const images = imagesOf(change, table.viewType);
  return {
    eventID: randomBytes(16).toString('hex'),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(moment.now / 1000),
      Keys: key,
      ...images,
      SequenceNumber: moment.sequenceNumber,
      SizeBytes: [key, ...Object.values(images)].reduce((sum: number, item) => sum + sizeOf({ M: item }), 0),
      StreamViewType: table.viewType,
    },
    eventSourceARN: table.streamArn,
  };
}

function imagesOf({ before, after }: Change, viewType: string): JsonObject {
  const isNew = viewType === 'NEW_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
  const isOld = viewType === 'OLD_IMAGE' || viewType === 'NEW_AND_OLD_IMAGES';
  return {
    ...(isNew && after !== undefined ? { NewImage: after } : {}),
    ...(isOld && before !== undefined ? { OldImage: before } : {}),
  };
}

/** About as many bytes as DynamoDB counts for an attribute value. */
function sizeOf(value: unknown): number {
  const [type, inner] = Object.entries(objectOf(value))[0] ?? [];
  if (type === 'M') {
    const members = Object.entries(objectOf(inner));
    return members.reduce((sum, [name, member]) => sum + Buffer.byteLength(name) + sizeOf(member), 0);
  }
  if (type === 'L') return arrayOf(inner).reduce((sum: number, item) => sum + sizeOf(item), 0);
  const texts = Array.isArray(inner) ? inner : [inner];
  return texts.reduce((sum: number, text) => sum + bytesOf(type, text), 0);
}

function bytesOf(type: string | undefined, text: unknown): number {
  if (typeof text !== 'string' || isObject(text)) return 1;
  if (type?.startsWith('N') === true) return Math.ceil(text.replace(/\D/g, '').length / 2) + 1;
  return type?.startsWith('B') === true ? Buffer.from(text, 'base64').length : Buffer.byteLength(text);
}

/** Numbers records: each greater than all before it, also those of an earlier run. */
export function sequencer(now: () => number): () => string {
  let last = 0n;
  return () => {
    const least = BigInt(now()) * 1_000_000_000n;
    last = least > last ? least : last + 1n;
    return String(last);
  };
}
