import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgements } from './acknowledgements.ts';
import { makeApp, makeKeyturnStack } from './synth.ts';

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** Findings of the AwsSolutions pack on the default stack as `rule path`. */
function findings({ acknowledged }: { readonly acknowledged: boolean }): readonly string[] {
  const outdir = mkdtempSync(path.join(tmpdir(), 'keyturn-nag-'));
  const app = makeApp({ outdir });
  const stack = makeKeyturnStack({}, app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  for (const { path: at, rule, reason } of acknowledged ? acknowledgements : []) {
    const construct = at.split('/').reduce<IConstruct>((scope, id) => scope.node.findChild(id), stack);
    Validations.of(construct).acknowledge({ id: `AwsSolutions::${rule}`, reason });
  }
  try {
    app.synth();
  } catch (error) {
    if (acknowledged) throw error;
  }
  const report: Report = JSON.parse(readFileSync(path.join(outdir, 'validation-report.json'), 'utf8'));
  return report.pluginReports
    .flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    )
    .sort();
}

describe('cdk-nag, AwsSolutions', () => {
  beforeEach(() => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('finds nothing but what is acknowledged, and all of that', () => {
    expect(findings({ acknowledged: false })).toEqual(
      acknowledgements.map(({ rule, path: at }) => `${rule} Keyturn/${at}/Resource`).sort(),
    );
  });

  it('lets the synthesis pass with the acknowledgements', () => {
    expect(findings({ acknowledged: true })).toEqual([]);
  });

  it.each(acknowledgements)('acknowledges $rule of $path with a reason', ({ reason }) => {
    expect(reason.length).toBeGreaterThan(40);
  });
});
