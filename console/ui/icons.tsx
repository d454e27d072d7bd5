const paths = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  question: 'M5.8 6a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.6M8 12.2v.1',
  minus: 'M4 8h8',
  dots: 'M4 8h.01M8 8h.01M12 8h.01',
  warning: 'M8 2.5L14.5 13.5h-13zM8 6.5v3M8 11.6v.1',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  arrow: 'M3.5 8h9M9 4.5L12.5 8 9 11.5',
  info: 'M8 7.3v4M8 4.6v.1M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8z',
} as const;

export type IconName = keyof typeof paths;

/** A line drawing of 16 by 16; says nothing to a screen reader. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

/** The mark: a key's bow with a turn around it. */
export function Logo() {
  return (
    <svg
      width="22"
      height="22"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      aria-hidden="true"
    >
      <circle cx="9" cy="12" r="4.2" />
      <path d="M13.2 12H22M18.5 12v3.6M22 12v2.4" stroke-linecap="round" />
      <path
        d="M3 6.4A9 9 0 0 1 15.4 5M15.6 19A9 9 0 0 1 3 17.6"
        stroke="var(--accent)"
        stroke-linecap="round"
      />
    </svg>
  );
}
