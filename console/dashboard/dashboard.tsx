import { useMemo, useState } from 'preact/hooks';
import { Area, Card, Field, Notice } from '../ui/parts.tsx';
import { isSafeUrl } from '../keys/safe-url.ts';
import { apiOf } from './api.ts';
import { ClientsPage } from './clients-page.tsx';
import { EventsPage } from './events-page.tsx';
import { KeysPage } from './keys-page.tsx';
import { OverviewPage } from './overview-page.tsx';
import type { Session } from './session.ts';
import { TokensPage } from './tokens-page.tsx';

/** Pages of the dashboard. */
export const dashboardViews = [
  ['overview', 'Overview'],
  ['tokens', 'Tokens'],
  ['clients', 'Clients'],
  ['keys', 'Keys'],
  ['events', 'Events'],
] as const;

/** Everything that needs a session. Pages stay as they are when a session ends, so that nothing typed is lost. */
export function Dashboard(props: {
  readonly view: string;
  readonly session: Session;
  readonly onInspect: (token: string) => void;
}) {
  const { view, session, onInspect } = props;
  const { credentials } = session;
  const [hasBeen, setHasBeen] = useState(credentials !== undefined);
  const api = useMemo(() => apiOf(session), [credentials]);
  if (credentials !== undefined && !hasBeen) setHasBeen(true);
  const page = { api, key: credentials?.token ?? '' };
  return (
    <div class="page stack">
      {credentials === undefined && <SignIn session={session} />}
      {hasBeen && (
        <>
          {view === 'overview' && <OverviewPage {...page} />}
          {view === 'tokens' && <TokensPage api={api} onInspect={onInspect} />}
          {view === 'clients' && <ClientsPage api={api} />}
          {view === 'keys' && <KeysPage {...page} />}
          {view === 'events' && <EventsPage {...page} />}
        </>
      )}
    </div>
  );
}

function SignIn({ session }: { readonly session: Session }) {
  const isServed = location.protocol.startsWith('http');
  const [base, setBase] = useState(isServed ? location.origin : 'http://127.0.0.1:8787');
  const [token, setToken] = useState('');
  const isReady = token.trim() !== '' && isSafeUrl(base);
  const enter = (event: Event) => {
    event.preventDefault();
    if (isReady) session.signIn({ base: base.replace(/\/$/, ''), token: token.trim() });
  };
  return (
    <Card title="Sign in to a stack">
      <form class="rows" style={{ maxWidth: '640px' }} onSubmit={enter}>
        {session.ended !== '' && <Notice tone="warn">{session.ended}</Notice>}
        <p class="muted">
          <code>npm start</code> prints a link that is signed in; for a stack in AWS,{' '}
          <code>keyturn console --stack NAME</code> does, with your own credentials. Or paste an admin token:
          it is kept in this tab alone.
        </p>
        {!isServed && <Field mono label="Stack" value={base} onInput={setBase} />}
        <Area label="Admin token" value={token} onInput={setToken} rows={3} placeholder="eyJ…" />
        <div>
          <button class="button primary" type="submit" disabled={!isReady}>
            Sign in
          </button>
        </div>
      </form>
    </Card>
  );
}
