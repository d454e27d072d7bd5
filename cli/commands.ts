import type { Command } from './command.ts';
import { completionOf } from './completion.ts';
import { decode } from './decode.ts';
import { keys } from './keys.ts';
import { local } from './local.ts';
import { revoke } from './revoke.ts';
import { rotate } from './rotate.ts';
import { sign } from './sign.ts';
import { token } from './token.ts';
import { verify } from './verify.ts';

const verbs: Readonly<Record<string, Command>> = {
  local,
  token,
  decode,
  verify,
  sign,
  revoke,
  rotate,
  keys,
};

/** Every verb of the `keyturn` command, in the order of its help. */
export const commands: Readonly<Record<string, Command>> = { ...verbs, completion: completionOf(verbs) };
