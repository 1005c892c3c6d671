/** Why a request is no event. */
export type Silence = 'asset' | 'health' | 'metrics' | 'polling' | 'preflight' | 'telemetry' | 'webhook';

/** Last words of a route that no trail wants. */
export const SILENT_PATHS: ReadonlyMap<string, Silence> = new Map([
  ['alive', 'health'],
  ['health', 'health'],
  ['health check', 'health'],
  ['healthcheck', 'health'],
  ['healthz', 'health'],
  ['heartbeat', 'health'],
  ['live', 'health'],
  ['liveness', 'health'],
  ['livez', 'health'],
  ['ping', 'health'],
  ['readiness', 'health'],
  ['ready', 'health'],
  ['readyz', 'health'],
  ['startupz', 'health'],
  ['up', 'health'],
  ['event stream', 'polling'],
  ['eventstream', 'polling'],
  ['long poll', 'polling'],
  ['long polling', 'polling'],
  ['longpoll', 'polling'],
  ['polling', 'polling'],
  ['sse', 'polling'],
  ['websocket', 'polling'],
  ['ws', 'polling'],
  ['prometheus', 'metrics'],
  ['api docs', 'asset'],
  ['csrf', 'asset'],
  ['csrf token', 'asset'],
  ['favicon', 'asset'],
  ['jwks', 'asset'],
  ['openapi', 'asset'],
  ['robots', 'asset'],
  ['sitemap', 'asset'],
  ['swagger', 'asset'],
  ['swagger ui', 'asset'],
  ['xsrf token', 'asset'],
]);

/** Silent only as the whole route: `/metrics` is for a scraper, `/projects/:id/metrics` is a read. */
export const SILENT_ALONE: ReadonlyMap<string, Silence> = new Map([
  ['metrics', 'metrics'],
  ['status', 'health'],
  ['version', 'health'],
]);

/** First segments below which every read is silent. */
export const SILENT_FOLDERS: ReadonlyMap<string, Silence> = new Map([
  ['.well-known', 'asset'],
  ['__webpack_hmr', 'asset'],
  ['_next', 'asset'],
  ['_nuxt', 'asset'],
  ['actuator', 'health'],
  ['socket.io', 'polling'],
  ['sockjs-node', 'polling'],
  ['static', 'asset'],
]);

/** First segments below which files are assets; without a file ending they are resources: `/assets/:id`. */
export const SILENT_WITH_FILES: ReadonlySet<string> = new Set(['assets', 'build', 'dist', 'public']);

/** Last words of a POST by which browsers and devices report on themselves, all the time. */
export const TELEMETRY: ReadonlySet<string> = new Set([
  'analytics collect',
  'beacon',
  'client errors',
  'client logs',
  'csp report',
  'csp reports',
  'csp violation',
  'csp violations',
  'heartbeat',
  'js errors',
  'keep alive',
  'keepalive',
  'page view',
  'page views',
  'pageview',
  'pageviews',
  'rum',
  'telemetry',
  'web vitals',
]);

/** Services that send webhooks to applications: `POST /webhooks/stripe`, `POST /stripe/webhook`. */
export const SENDERS: ReadonlySet<string> = new Set(
  `adyen asana bitbucket braintree calendly chargebee contentful discord docusign dropbox facebook figma github gitlab
   gocardless hubspot intercom jira lemonsqueezy linear mailchimp mailgun mandrill messenger mollie notion paddle paypal
   paystack plaid postmark razorpay recurly revenuecat salesforce segment sendgrid sentry shopify slack square stripe
   telegram trello twilio twitch typeform vercel whatsapp wise woocommerce xero zendesk zoom`.split(/\s+/),
);
