import type { ComponentChildren } from 'preact';

/** One column of a table. */
export interface Column<Row> {
  readonly head: string;
  /** In place of the head's words. */
  readonly headCell?: ComponentChildren;
  readonly cell: (row: Row) => ComponentChildren;
  /** Buttons: the head is for screen readers alone. */
  readonly isAction?: boolean;
}

/** Rows of the same kind. On a small screen each row is a block, with the head of its column beside each cell. */
export function Table<Row>(props: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while they are not known. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  /** What is said where there is no row. */
  readonly empty: string;
  readonly classOf?: (row: Row) => string;
}) {
  const { label, columns, rows, keyOf, empty, classOf } = props;
  if (rows === undefined) return <p class="empty">Not known yet.</p>;
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    <div class="scroll-x" tabIndex={0} role="region" aria-label={label}>
      <table class="table rows-table">
        <thead>
          <tr>
            {columns.map(({ head, headCell, isAction = false }) => (
              <th>{headCell ?? <span class={isAction ? 'visually-hidden' : ''}>{head}</span>}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={classOf?.(row) ?? ''}>
              {columns.map(({ head, cell, isAction = false }) => (
                <td class={isAction ? 'act' : ''} data-head={head}>
                  <div>{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
