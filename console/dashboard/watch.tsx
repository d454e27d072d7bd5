import { useEffect, useState } from 'preact/hooks';
import { useNow } from '../ui/hooks.ts';
import { Notice } from '../ui/parts.tsx';
import type { Api } from './api.ts';

/** How often the token is tried, in milliseconds. */
const everyMs = 150;

/**
 * Tries a revoked token on the stack's protected sample route until the authorizer refuses it, and says since when.
 *
 * @param since when it was revoked, as a NumericDate
 */
export function Watch({
  api,
  token,
  since,
}: {
  readonly api: Api;
  readonly token: string;
  readonly since: number;
}) {
  const [refusedAt, setRefusedAt] = useState<number | undefined>(undefined);
  const [fault, setFault] = useState('');
  const now = useNow(0.1);
  useEffect(() => {
    let isOver = false;
    const attempt = async (): Promise<void> => {
      const status = await api.tryToken(token);
      if (isOver) return;
      if (status === 401 || status === 403) return setRefusedAt(Date.now() / 1000);
      setTimeout(() => void attempt().catch(say), everyMs);
    };
    const say = (error: unknown) => setFault((error as Error).message);
    attempt().catch(say);
    return () => {
      isOver = true;
    };
  }, [api, token]);
  if (fault !== '') return <Notice tone="warn">{fault}</Notice>;
  if (refusedAt === undefined) {
    return <Notice tone="plain">Still accepted, {(now - since).toFixed(1)} s after the revocation …</Notice>;
  }
  return (
    <Notice tone="good">
      <span class="watch">
        Refused since {Math.max(0, now - refusedAt).toFixed(1)} s. The first refusal was seen{' '}
        {Math.max(0, refusedAt - since).toFixed(2)} s after the revocation.
      </span>
    </Notice>
  );
}
