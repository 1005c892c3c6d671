import type { Level, Resource } from '../model/event.js';
import type { Deed } from '../pure/deed.js';
import type { Draft } from '../pure/draft.js';
import type { Recognition } from '../pure/recognise/index.js';
import { keeper } from '../pure/stored-id.js';
import { touchedOf } from './body-ids.js';
import type { RequestScope } from './request-scope.js';
import { wholeOf } from './whole.js';

/** What an event says besides: what the application noted, what was sent at level `full`, and the resources of a crowd. */
export function metadataOf(
  scope: RequestScope,
  facts: {
    readonly answer: unknown;
    readonly body: unknown;
    readonly deed: Deed;
    readonly level: Level;
    readonly recognition: Recognition;
    readonly resource: Resource | undefined;
  },
): Draft['metadata'] {
  const { answer, body, deed, level, recognition, resource } = facts;
  const own =
    level === 'full' ? wholeOf(scope, { category: deed.category, type: resource?.type }, body) : scope.metadata;
  if (resource === undefined || resource.id !== undefined) return own;
  const { type } = resource;
  const keep = keeper(type, recognition.kind, scope.engine.settings.redactor.isSecret);
  const touched = touchedOf(deed, type, { body, answer, keep });
  return touched === undefined ? own : { resources: touched, ...own };
}
