export type { BodyFormat } from './batch.js';
export { HTTP_SINK_DEFAULTS, type HttpSinkOptions } from './options.js';
export type { WebhookRequest } from './read-body.js';
export {
  type OnEvents,
  WEBHOOK_RECEIVER_DEFAULTS,
  type WebhookReceiver,
  type WebhookReceiverOptions,
  type WebhookResult,
  webhookReceiver,
} from './receiver.js';
export { httpSink } from './sink.js';
export type { HttpSinkTls } from './tls.js';
export { type VerifiedWebhook, type VerifyWebhookOptions, verifyWebhook } from './verify.js';
