import { useMemo, useState } from 'preact/hooks';
import { Area } from '../ui/fields.tsx';
import { Card, Notice, PageHead } from '../ui/parts.tsx';
import { apiOf } from './api.ts';
import { ClientsPage } from './clients-page.tsx';
import { EventsPage } from './events-page.tsx';
import { KeysPage } from './keys-page.tsx';
import { OverviewPage } from './overview-page.tsx';
import { isServed, type Session } from './session.ts';
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
  const { token } = session;
  const [hasBeen, setHasBeen] = useState(token !== undefined);
  const api = useMemo(() => apiOf(session), [token]);
  if (token !== undefined && !hasBeen) setHasBeen(true);
  return (
    <div class="page stack">
      {token === undefined && (isServed ? <SignIn session={session} /> : <FromDisk />)}
      {hasBeen && (
        <>
          {view === 'overview' && <OverviewPage api={api} />}
          {view === 'tokens' && <TokensPage api={api} onInspect={onInspect} />}
          {view === 'clients' && <ClientsPage api={api} />}
          {view === 'keys' && <KeysPage api={api} />}
          {view === 'events' && <EventsPage api={api} />}
        </>
      )}
    </div>
  );
}

const howToEnter = (
  <p class="muted">
    <code>npm start</code> prints a link that is signed in; for a stack in AWS,{' '}
    <code>keyturn console --stack NAME</code> does, with your own credentials.
  </p>
);

function SignIn({ session }: { readonly session: Session }) {
  const [token, setToken] = useState('');
  const enter = (event: Event) => {
    event.preventDefault();
    if (token.trim() !== '') session.signIn(token.trim());
  };
  return (
    <div class="narrow">
      <Card title="Sign in to a stack">
        <form class="rows" onSubmit={enter}>
          {session.ended !== '' && <Notice tone="warn">{session.ended}</Notice>}
          {howToEnter}
          <Area label="Or paste an admin token" value={token} onInput={setToken} placeholder="eyJ…" />
          <p class="small muted">It is kept in this tab alone.</p>
          <div>
            <button class="button primary" type="submit" disabled={token.trim() === ''}>
              Sign in
            </button>
          </div>
        </form>
      </Card>
    </div>
  );
}

/** A stack answers the page that it serves; a page from disk has the debugger. */
function FromDisk() {
  return (
    <>
      <PageHead
        title="Opened from disk"
        about="The debugger works here. The dashboard needs the stack that serves it."
      />
      {howToEnter}
    </>
  );
}
