import type { Command } from './command.ts';
import { decode } from './decode.ts';
import { keys } from './keys.ts';
import { local } from './local.ts';
import { revoke } from './revoke.ts';
import { rotate } from './rotate.ts';
import { token } from './token.ts';

/** Every verb of the `keyturn` command, in the order of its help. */
export const commands: Readonly<Record<string, Command>> = {
  local,
  token,
  decode,
  revoke,
  rotate,
  keys,
};
