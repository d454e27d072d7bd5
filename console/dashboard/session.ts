import { useState } from 'preact/hooks';

/** A stack and an admin token for it. */
export interface Credentials {
  /** Base URL of the stack, no trailing slash. */
  readonly base: string;
  readonly token: string;
}

/** Whether and where the reader is signed in. */
export interface Session {
  readonly credentials: Credentials | undefined;
  /** Why the last session ended, in words. */
  readonly ended: string;
  readonly signIn: (credentials: Credentials) => void;
  readonly signOut: (why?: string) => void;
}

const storageKey = 'keyturn.admin';

/** The session of this tab: in its session storage, so that a reload keeps it and another tab never sees it. */
export function useSession(token: string | undefined): Session {
  const [credentials, setCredentials] = useState(() => firstCredentials(token));
  const [ended, setEnded] = useState('');
  return {
    ...{ credentials, ended },
    signIn(next) {
      sessionStorage.setItem(storageKey, JSON.stringify(next));
      setEnded('');
      setCredentials(next);
    },
    signOut(why = '') {
      sessionStorage.removeItem(storageKey);
      setEnded(why);
      setCredentials(undefined);
    },
  };
}

function firstCredentials(token: string | undefined): Credentials | undefined {
  if (token !== undefined) {
    const fresh = { base: location.origin, token };
    sessionStorage.setItem(storageKey, JSON.stringify(fresh));
    return fresh;
  }
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
