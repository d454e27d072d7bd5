import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ComparePage } from './debugger/compare-page.tsx';
import { DebuggerPage } from './debugger/page.tsx';
import { useBench } from './debugger/state.ts';
import { Dashboard, dashboardViews } from './dashboard/dashboard.tsx';
import { useSession } from './dashboard/session.ts';
import type { Arrival } from './arrival.ts';
import { Icon, Logo } from './ui/icons.tsx';

/** The page: a debugger that needs nobody, and a dashboard that needs a session. */
export function App({ arrival }: { readonly arrival: Arrival }) {
  const view = useView(arrival.admin === undefined ? 'debugger' : 'overview');
  const bench = useBench(arrival.token ?? '');
  const [other, setOther] = useState('');
  const session = useSession(arrival.admin);
  const inspect = (token: string) => {
    bench.setText(token);
    location.hash = '#/debugger';
  };
  return (
    <>
      <Top view={view} />
      <main>
        {view === 'debugger' && <DebuggerPage bench={bench} session={session} />}
        {view === 'compare' && <ComparePage bench={bench} other={other} onOther={setOther} />}
        {/* Kept alive while hidden, so that nothing typed is lost. */}
        <div hidden={!dashboardViews.some(([id]) => id === view)}>
          <Dashboard view={view} session={session} onInspect={inspect} />
        </div>
      </main>
      <footer class="foot">No cookies, no third party, nothing kept beyond this tab.</footer>
    </>
  );
}

const debuggerViews = [
  ['debugger', 'Debugger'],
  ['compare', 'Compare'],
] as const;

/** The view that the fragment names: `#/tokens`. */
function useView(first: string): string {
  const read = () => /^#\/([a-z]+)$/.exec(location.hash)?.[1];
  const [view, setView] = useState(read() ?? first);
  useEffect(() => {
    const follow = () => setView(read() ?? first);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [first]);
  const known = [...debuggerViews, ...dashboardViews].some(([id]) => id === view);
  return known ? view : 'debugger';
}

function Top({ view }: { readonly view: string }) {
  const nav = useRef<HTMLElement>(null);
  useEffect(
    () =>
      nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' }),
    [view],
  );
  const link = ([id, title]: readonly [string, string]): ComponentChildren => (
    <a href={`#/${id}`} {...(id === view && { 'aria-current': 'page' as const })}>
      {title}
    </a>
  );
  return (
    <header class="top">
      <a class="brand" href="#/debugger" aria-label="Keyturn">
        <Logo />
        <span>Keyturn</span>
      </a>
      <nav class="nav" aria-label="Pages" ref={nav}>
        {debuggerViews.map(link)}
        <span class="nav-rule" />
        {dashboardViews.map(link)}
      </nav>
      <ThemeButton />
    </header>
  );
}

/** The system's theme until the reader picks one; kept for this tab. */
function ThemeButton() {
  const [theme, setTheme] = useState(() => sessionStorage.getItem('keyturn.theme') ?? '');
  const isDark = theme === '' ? matchMedia('(prefers-color-scheme: dark)').matches : theme === 'dark';
  useEffect(() => {
    if (theme !== '') document.documentElement.dataset.theme = theme;
  }, [theme]);
  const turn = () => {
    const next = isDark ? 'light' : 'dark';
    sessionStorage.setItem('keyturn.theme', next);
    setTheme(next);
  };
  return (
    <button
      type="button"
      class="button plain"
      aria-label={isDark ? 'Light theme' : 'Dark theme'}
      onClick={turn}
    >
      <Icon name={isDark ? 'sun' : 'moon'} />
    </button>
  );
}
