/** Segments that say how an API is served, not what it is about; dropped at the front of a route. */
export const PREFIXES: ReadonlySet<string> = new Set(
  'api apis rest restapi rest-api wp-json json jsonapi rpc trpc http https www public-api open-api openapi'.split(' '),
);

/** First segments that are a language: `/de/login`, `/pt-BR/orders`. */
export const LOCALES: ReadonlySet<string> = new Set(
  `ar bg bn ca cs da de el en es et fa fi fr gl he hi hr hu it ja ka ko lt lv mk ms nb nl nn pl pt ro ru sk sl sq sr sv sw
   ta te th tl tr uk ur vi zh`.split(/\s+/),
);

/** `v1`, `v2.1`, `2.0`, `2024-01-01`, `v1beta2`, `v1alpha`; a bare number counts right behind a prefix (`/rest/api/3`). */
export const VERSION =
  /^(?:v\d+(?:[._]\d+)*(?:[a-z]+\d*)?|\d+\.\d+(?:\.\d+)?|\d{4}-\d{2}(?:-\d{2})?|latest|unstable|beta)$/i;

/** Endings of a file name that say how the answer is written, dropped: `/orders/:id.json`. */
export const FORMATS: ReadonlySet<string> = new Set('json xml html htm php aspx asp jsp do action cgi'.split(' '));

/** Endings of a download. */
export const DOCUMENTS: ReadonlySet<string> = new Set(
  'csv pdf xls xlsx doc docx ics vcf zip tar tgz gz ndjson tsv kml kmz gpx ods odt rtf epub parquet'.split(' '),
);

/** Endings of what a page is made of. */
export const ASSETS: ReadonlySet<string> = new Set(
  `js mjs cjs css map png jpg jpeg gif svg ico webp avif bmp woff woff2 ttf otf eot mp3 mp4 webm ogg wasm webmanifest
   txt`.split(/\s+/),
);
