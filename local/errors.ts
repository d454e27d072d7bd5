/** Why the local stack does not start, or a part of it does not play. Stable: tests and commands may match on it. */
export type LocalErrorCode =
  | 'ASSEMBLY_UNREADABLE'
  | 'STACK_UNKNOWN'
  | 'TEMPLATE_INVALID'
  | 'IMPORT_UNRESOLVED'
  | 'ATTRIBUTE_PENDING'
  | 'FUNCTION_CODE_MISSING'
  | 'FUNCTION_UNKNOWN'
  | 'TABLE_MISMATCH'
  | 'DATA_FOREIGN'
  | 'DATA_IN_USE'
  | 'DATA_UNWRITABLE'
  | 'PORT_IN_USE'
  | 'ENGINE_UNAVAILABLE'
  | 'ENGINE_FAILED'
  | 'CUSTOM_RESOURCE_FAILED'
  | 'SCHEDULE_INVALID';

/** The one error class of this room: its message says what, what was got, what is allowed, and how to mend it. */
export class LocalError extends Error {
  override readonly name = 'LocalError';
  readonly code: LocalErrorCode;

  constructor(code: LocalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a system error (`ENOENT`, `EADDRINUSE`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
