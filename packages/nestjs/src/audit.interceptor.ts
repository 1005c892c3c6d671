import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Auditor, currentScope } from '@whodunit/core';
import { RequestScope } from '@whodunit/core/http';
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { requestOf, rootFieldOf } from './graphql.js';
import { type Message, messageOf, messageOfMutation } from './message.js';
import { textAt } from './refinement.js';
import { AUDITOR } from './tokens.js';

/**
 * Makes one event of what does not come over plain HTTP: microservice messages, WebSocket messages, and GraphQL mutations
 * over a socket. Use it on the class: `@UseInterceptors(AuditInterceptor)`. Requests and mutations over HTTP need none and
 * go through untouched.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  readonly #auditor: Auditor;

  constructor(@Inject(AUDITOR) auditor: Auditor) {
    this.#auditor = auditor;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const message = messageIn(context);
    if (message === undefined || message.handler.refinement.skip === true) return next.handle();
    return new Observable((subscriber) => {
      const { promise, cancel } = this.#run(message, next, subscriber);
      promise.then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return cancel;
    });
  }

  /** One run from subscription to completion, however many values there are between. */
  #run(message: Message, next: CallHandler, subscriber: Subscriber<unknown>) {
    let subscription: Subscription | undefined;
    let leave = (): void => undefined;
    const promise = this.#auditor.run(
      message.options,
      () =>
        new Promise<void>((resolve, reject) => {
          const scope = currentScope();
          const reason = textAt(message.handler.refinement.reason, message.context);
          if (reason !== undefined) scope?.note('reason', reason);
          leave = () => {
            scope?.setOutcome('unknown', { code: 'client_gone' });
            resolve();
          };
          subscription = next.handle().subscribe({
            next: (value) => subscriber.next(value),
            error: reject,
            complete: () => {
              leave = () => undefined;
              resolve();
            },
          });
        }),
    );
    return {
      promise,
      cancel: () => {
        subscription?.unsubscribe();
        leave();
      },
    };
  }
}

function messageIn(context: ExecutionContext): Message | undefined {
  const type: string = context.getType();
  if (type === 'rpc' || type === 'ws') return messageOf(context);
  if (type !== 'graphql') return undefined;
  const field = rootFieldOf(context);
  // Over HTTP the request is the event, and the guard has named it.
  if (field?.type !== 'mutation' || currentScope() instanceof RequestScope) return undefined;
  return messageOfMutation(field, requestOf(context));
}
