import { useState } from 'preact/hooks';

/** Base URL of the stack that serves this page, no trailing slash: no other stack answers a page of this origin. */
export const base = `${location.origin}${location.pathname.replace(/\/(?:console\/?)?$/, '')}`;

/** Whether this page is served by a stack; from disk there is none to ask. */
export const isServed = location.protocol.startsWith('http');

/** Whether the reader is signed in to the stack that serves this page. */
export interface Session {
  /** An admin token of it. */
  readonly token: string | undefined;
  /** Why the last session ended, in words. */
  readonly ended: string;
  readonly signIn: (token: string) => void;
  readonly signOut: (why: string) => void;
}

const storageKey = 'keyturn.admin';

/** The session of this tab: in its session storage, so that a reload keeps it and another tab never sees it. */
export function useSession(arrived: string | undefined): Session {
  const [token, setToken] = useState(() => {
    if (arrived !== undefined) sessionStorage.setItem(storageKey, arrived);
    return sessionStorage.getItem(storageKey) ?? undefined;
  });
  const [ended, setEnded] = useState('');
  const keep = (next: string | undefined, why: string) => {
    if (next === undefined) sessionStorage.removeItem(storageKey);
    else sessionStorage.setItem(storageKey, next);
    setEnded(why);
    setToken(next);
  };
  return {
    ...{ token, ended },
    signIn: (next) => keep(next, ''),
    signOut: (why) => keep(undefined, why),
  };
}
