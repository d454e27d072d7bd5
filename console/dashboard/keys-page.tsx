import { useState } from 'preact/hooks';
import { relative } from '../token/times.ts';
import { useNow } from '../ui/hooks.ts';
import { Card, Chip, Fault, Id, Notice, PageHead, type Tone, When } from '../ui/parts.tsx';
import { Table } from '../ui/table.tsx';
import { counted } from '../ui/words.ts';
import type { Api } from './api.ts';
import { ConfirmCard, type Deed } from './confirm-card.tsx';
import { KeyTimeline, whatNext } from './key-timeline.tsx';
import type { Key, KeyList } from './shapes.ts';
import { useAsk } from './use-ask.ts';

interface Rotated {
  readonly rotated: boolean;
  readonly active: string;
  readonly nextMaySignAt?: number;
}

const tones: Readonly<Record<Key['state'], Tone>> = {
  ...{ pending: 'plain', active: 'good', retiring: 'warn', retired: 'plain', compromised: 'bad' },
};

/** Signing keys on a line of time; rotation, planned or at once. */
export function KeysPage({ api }: { readonly api: Api }) {
  const now = useNow(5);
  const { data, fault, reload } = useAsk(() => api.get<KeyList>('/admin/keys'), [api], 10);
  const [deed, setDeed] = useState<Deed | undefined>(undefined);
  const [said, setSaid] = useState<{ readonly tone: Tone; readonly text: string } | undefined>(undefined);
  const turn = (path: string, body: object) => async (reason: string | undefined) => {
    const rotated = await api.post<Rotated>(path, { ...body, ...(reason !== undefined && { reason }) });
    setSaid({ tone: rotated.rotated ? 'good' : 'plain', text: wordsOf(rotated) });
    setDeed(undefined);
    await reload();
  };
  const open = (next: Omit<Deed, 'why'>) => {
    setSaid(undefined);
    setDeed({ ...next, why: 'Why (goes into the events)' });
  };
  const rotate = () =>
    open({
      title: 'Rotate the signing key',
      preview:
        'The next key signs from now on. The one before verifies on, until its last token has expired.',
      verb: 'Rotate',
      act: turn('/admin/keys/rotate', {}),
    });
  const distrust = (kid: string) =>
    open({
      title: 'Take a compromised key out of use',
      preview: (
        <>
          Signing with <code class="break">{kid}</code> stops at once and every token under it is refused.
          This cannot be undone.
        </>
      ),
      verb: 'Refuse its tokens now',
      act: turn('/admin/keys/compromise', { kid }),
    });
  return (
    <>
      <PageHead
        title="Keys"
        about="A key is published before it signs and verified after it stops, so that no valid token is ever refused."
      >
        <button type="button" class="button primary" onClick={rotate}>
          Rotate now …
        </button>
      </PageHead>
      <Fault text={fault} />
      {said !== undefined && <Notice tone={said.tone}>{said.text}</Notice>}
      {deed !== undefined && <ConfirmCard key={deed} deed={deed} onClose={() => setDeed(undefined)} />}
      {data !== undefined && (
        <>
          <Card title="Timeline">
            <KeyTimeline list={data} now={now} />
          </Card>
          <KeyTable list={data} now={now} onDistrust={distrust} />
        </>
      )}
    </>
  );
}

function wordsOf({ rotated, active, nextMaySignAt }: Rotated): string {
  const when =
    nextMaySignAt === undefined
      ? ''
      : ` The next one may sign ${relative(nextMaySignAt, Date.now() / 1000)}.`;
  return `${rotated ? 'Rotated: now signs' : 'Not rotated: still signs'} ${active}.${when}`;
}

function KeyTable(props: {
  readonly list: KeyList;
  readonly now: number;
  readonly onDistrust: (kid: string) => void;
}) {
  const { list, now, onDistrust } = props;
  return (
    <Card flush title={counted(list.keys.length, 'key')}>
      <Table
        label="Keys"
        rows={list.keys.map((key) => ({ ...key, life: list.timeline.find(({ kid }) => kid === key.kid) }))}
        keyOf={({ kid }) => kid}
        empty="No key yet."
        columns={[
          { head: 'Key', cell: ({ kid }) => <Id value={kid} label="key" /> },
          { head: 'Algorithm', cell: ({ algorithm }) => algorithm },
          { head: 'State', cell: ({ state }) => <Chip tone={tones[state]}>{state}</Chip> },
          { head: 'Published', cell: ({ publishedAt }) => <When at={publishedAt} now={now} /> },
          { head: 'Next', cell: ({ life }) => life && whatNext(life, list, now) },
          {
            head: 'Emergency',
            cell: ({ kid, state }) =>
              state !== 'retired' &&
              state !== 'compromised' && (
                <button type="button" class="button plain danger" onClick={() => onDistrust(kid)}>
                  Compromised …
                </button>
              ),
          },
        ]}
      />
    </Card>
  );
}
