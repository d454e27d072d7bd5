import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { dateTime, relative } from '../token/times.ts';
import { Icon, type IconName } from './icons.tsx';

/** What a page is called, what it shows, and what can be done on it. */
export function PageHead(props: {
  readonly title: string;
  readonly about: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="page-head">
      <div>
        <h1>{props.title}</h1>
        <p>{props.about}</p>
      </div>
      {props.children}
    </div>
  );
}

/** A titled box. */
export function Card(props: {
  readonly title: string;
  readonly tail?: ComponentChildren;
  readonly beside?: ComponentChildren;
  readonly flush?: boolean;
  /** Whether it was asked for just now: then it is scrolled to, and the keyboard goes on in it. */
  readonly isOpened?: boolean;
  readonly children: ComponentChildren;
}) {
  const { title, tail, beside, flush = false, isOpened = false, children } = props;
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isOpened) section.current?.focus();
  }, []);
  return (
    <section class="card" aria-label={title} ref={section} {...(isOpened && { tabIndex: -1 })}>
      <div class="card-head">
        <h2>{title}</h2>
        {beside}
        {tail !== undefined && <div class="tail">{tail}</div>}
      </div>
      <div class={flush ? 'card-body flush' : 'card-body'}>{children}</div>
    </section>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'plain';

const toneIcons: Readonly<Record<Tone, IconName>> = {
  good: 'check',
  bad: 'warning',
  warn: 'warning',
  plain: 'info',
};

/** A sentence that matters. */
export function Notice({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon name={toneIcons[tone]} />
      <div>{children}</div>
    </div>
  );
}

/** What went wrong, where something did. */
export function Fault({ text }: { readonly text: string }) {
  return text === '' ? null : <Notice tone="bad">{text}</Notice>;
}

/** A word in a pill. */
export function Chip({
  tone = 'plain',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}) {
  return <span class={`chip ${tone}`}>{children}</span>;
}

/** A time as people read it, its date beneath the pointer. */
export function When({ at, now }: { readonly at: number; readonly now: number }) {
  return (
    <time class="one-line" title={dateTime(at)}>
      {relative(at, now)}
    </time>
  );
}

/** Copies a text, and says so for a moment. */
export function CopyButton(props: {
  readonly text: string;
  readonly label: string;
  /** Empty for the drawing alone. */
  readonly title?: string;
}) {
  const { text, label, title = 'Copy' } = props;
  const [said, setSaid] = useState('');
  const copy = async () => {
    setSaid(await write(text));
    setTimeout(() => setSaid(''), 1400);
  };
  const isIcon = title === '';
  return (
    <button
      type="button"
      class={isIcon ? 'button plain icon' : 'button plain'}
      onClick={() => void copy()}
      aria-label={`Copy ${label}`}
      {...(isIcon && { title: said === '' ? `Copy ${label}` : said })}
    >
      <Icon name={said === 'Copied' ? 'check' : said === '' ? 'copy' : 'cross'} size={14} />
      <span aria-live="polite" class={isIcon ? 'visually-hidden' : ''}>
        {said === '' ? title : said}
      </span>
    </button>
  );
}

async function write(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied';
  } catch {
    return 'Not allowed';
  }
}

/** A value by which something is known, with a button that copies it. */
export function Id(props: {
  readonly value: string;
  readonly label: string;
  /** Whether its beginning is enough to see. */
  readonly isShort?: boolean;
}) {
  const { value, label, isShort = false } = props;
  return (
    <span class="id" title={isShort ? value : ''}>
      <code class={isShort ? 'one-line' : 'break'}>
        {isShort && value.length > 12 ? `${value.slice(0, 9)}…` : value}
      </code>
      <CopyButton text={value} label={`${label} ${value}`} title="" />
    </span>
  );
}
