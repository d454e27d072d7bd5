import { render } from 'preact';
import { App } from './app.tsx';
import { arrive } from './arrival.ts';
import { explainWith } from './verdict/setup.ts';

/** For the browser's developer tools: `keyturn.explain(setup, request)`, as plain data. */
Object.assign(globalThis, { keyturn: { explain: explainWith } });

const root = document.getElementById('app');
if (root !== null) render(<App arrival={arrive()} />, root);
