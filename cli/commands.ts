import type { Command } from './command.ts';
import { clients } from './clients.ts';
import { completionOf } from './completion.ts';
import { console_ } from './console.ts';
import { decode } from './decode.ts';
import { doctor } from './doctor.ts';
import { events } from './events.ts';
import { explain } from './explain.ts';
import { introspect } from './introspect.ts';
import { keys } from './keys.ts';
import { local } from './local.ts';
import { restore } from './restore.ts';
import { revoke } from './revoke.ts';
import { rotate } from './rotate.ts';
import { sign } from './sign.ts';
import { token } from './token.ts';
import { tokens } from './tokens.ts';
import { unrevoke } from './unrevoke.ts';
import { verify } from './verify.ts';

const verbs: Readonly<Record<string, Command>> = {
  local,
  token,
  decode,
  explain,
  verify,
  sign,
  revoke,
  unrevoke,
  introspect,
  tokens,
  clients,
  events,
  restore,
  rotate,
  keys,
  console: console_,
  doctor,
};

/** Every verb of the `keyturn` command, in the order of its help. */
export const commands: Readonly<Record<string, Command>> = { ...verbs, completion: completionOf(verbs) };
