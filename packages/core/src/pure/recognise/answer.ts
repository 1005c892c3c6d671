import type { Category, Operation } from '../../model/event.js';
import { tenantParamOf } from '../actor/tenant.js';
import { nameOf } from './names.js';
import { ACCESS, CONFIG, PEOPLE } from './nouns.js';
import type { Route } from './route.js';
import type { Recognition, RecognitionKind } from './types.js';
import { typeOf } from './words.js';

/** What a recogniser found out. */
export interface Finding {
  /** The action's last word: `update`, `refund`. */
  readonly verb: string;
  readonly operation: Operation;
  readonly kind: RecognitionKind;
  readonly resource: string | undefined;
  readonly idParam: string | undefined;
  readonly parent: Recognition['parent'] | undefined;
  readonly tenantParam: string | undefined;
  readonly why: string;
  /** True for what has no name that every product shares. */
  readonly unnamed?: boolean;
}

/** Gives a finding its name and category: `project.update`, `member.add`. */
export function answer(finding: Finding): Recognition {
  const { verb, operation, kind, resource, idParam, parent, tenantParam, why } = finding;
  const named = finding.unnamed === true ? undefined : nameOf(resource, verb);
  const recognition: Mutable<Recognition> = {
    event: true,
    action: named?.then ?? `${resource ?? 'request'}.${verb}`,
    category: named?.category ?? categoryOf(resource),
    operation,
    kind,
    why,
    varies: false,
  };
  // Spread of absent members costs more than all the rest of an answer.
  if (resource !== undefined) recognition.resource = resource;
  if (idParam !== undefined) recognition.idParam = idParam;
  if (parent !== undefined) recognition.parent = parent;
  if (tenantParam !== undefined) recognition.tenantParam = tenantParam;
  return recognition;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The route parameter that names the tenant, unless it is the resource's own id. */
export function tenantParamIn({ parts }: Route, idParam: string | undefined): string | undefined {
  for (let at = 0; at < parts.length; at++) {
    const param = parts[at]?.param;
    if (param === undefined || param === idParam) continue;
    const before = parts[at - 1]?.words;
    if (tenantParamOf(param, before === undefined ? undefined : typeOf(before))) return param;
  }
  return undefined;
}

function categoryOf(type: string | undefined): Category {
  if (type === undefined) return 'data';
  if (CONFIG.has(type)) return 'config';
  if (ACCESS.has(type)) return 'access';
  return PEOPLE.has(type) ? 'account' : 'data';
}
