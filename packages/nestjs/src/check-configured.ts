import { AuditError } from '@whodunit/core';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { ConfiguredOptions } from './configured.js';

const GROUPS = ['service', 'journal', 'dispatch', 'redact', 'rules'] as const;

/**
 * Checks with class-validator what may come from a configuration file or the environment. Sinks and functions are left
 * to the auditor: they are the application's own objects and are not copied.
 *
 * @throws AuditError `AUDIT_OPTION_INVALID`, naming the option
 */
export function checkConfigured(options: object): void {
  const plain: Record<string, unknown> = {};
  for (const group of GROUPS) {
    const value: unknown = Reflect.get(options, group);
    // The name alone stands for the service.
    if (value !== undefined && !(group === 'service' && typeof value === 'string')) plain[group] = value;
  }
  const [error] = validateSync(plainToInstance(ConfiguredOptions, plain), {
    validationError: { target: false, value: false },
  });
  if (error === undefined) return;
  const { path, problem } = firstOf(error);
  throw new AuditError(
    'AUDIT_OPTION_INVALID',
    `AuditModule: \`${path}\` is wrong: ${problem}. Convert what comes from the environment.`,
  );
}

/** The innermost complaint, by its path: `dispatch.maxWaitMs`, `rules[0].level`. */
function firstOf(error: ValidationError): { readonly path: string; readonly problem: string } {
  let path = error.property;
  let at = error;
  for (let inner = at.children?.[0]; inner !== undefined; inner = at.children?.[0]) {
    path += /^\d+$/.test(inner.property) ? `[${inner.property}]` : `.${inner.property}`;
    at = inner;
  }
  return { path, problem: Object.values(at.constraints ?? {})[0] ?? `${at.property} is not valid` };
}
