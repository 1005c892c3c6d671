/** Segments that say which one, not what: skipped when the resource is looked for; their GET is a read. */
export const ONES: ReadonlySet<string> = new Set('current default first last latest me mine my own self'.split(' '));

/** Segments that say which ones: skipped too; their GET is a list. */
export const MANY: ReadonlySet<string> = new Set(
  'active all archived batch bulk custom deleted ids many mass multi multiple pending private public recent shared system uuids'.split(
    ' ',
  ),
);

/** Adjectives that say which ones behind a plural, where their GET is a list: `/orders/upcoming`, not `/orders/:id/global`. */
export const WHICH: ReadonlySet<string> = new Set(
  `available future global inactive nearby offline ongoing online open outgoing overdue past popular similar trending
   unavailable unread upcoming visible`.split(/\s+/),
);

/** Segments that say how, or who may: skipped. */
export const HOWS: ReadonlySet<string> = new Set('admin force hard permanent soft'.split(' '));

/** Words that end the head of a noun: `files_on_hold` are files. */
export const PREPOSITIONS: ReadonlySet<string> = new Set(
  'after at before by for from in of on to where with without'.split(' '),
);

/** What a resource has one of, so that POST sets it. */
export const SET_BY_POST: ReadonlySet<string> = new Set(
  'config configuration preferences profile settings status'.split(' '),
);

/** Verbs' companions: `bulk-publish`, `approve-all`, `publish-async`. */
export const ADVERBS: ReadonlySet<string> = new Set(
  'all async auto batch bulk force forever hard many manual mass multi multiple now one permanent permanently quick remote selected soft'.split(
    ' ',
  ),
);

/** Words of which a resource has one, so that their GET is a read: `/orders/:id/status`, `/profile`. */
export const SINGLETONS: ReadonlySet<string> = new Set(
  `about account aggregate amount auth avatar average balance banner barcode basket billing branding cap cart
   certificate changelog checklist checkout checksum config configuration content context cost count cover creator
   credential csv current daily dashboard date default description details diagnostics diff digest disclosure
   draft email estimate estimation evidence exists feedback file hash health highest home icon id image info
   information installation instance json key kubeconfig language latency latest licence license limit load locale
   location lock logo lowest manifest mapping max me meta min mode monthly myself name next now number outcome
   overview owner parent password pdf permission phone photo picker picture plan position preview previous price
   profile progress protection qr qrcode quota rate rating raw readme report result retention runtime schema scope
   score secret self session setup signature size state statistic statistics stats status sub summary theme
   throughput thumbnail time timezone timing today token total trace transcript uptime uri url usage user userinfo
   utilization valid version visibility weather weekly whoami worklog yearly zone`.split(/\s+/),
);

/** Singular words whose GET is a list, wherever they stand. */
export const LISTS: ReadonlySet<string> = new Set(
  'activity audit autocomplete browse catalog catalogue find inbox list log marketplace search similar suggest timeline tree typeahead'.split(
    ' ',
  ),
);

/** Segments behind a list that only say which of it: `/rooms/list/all`, `/roles/pagination`. */
export const WHOLE: ReadonlySet<string> = new Set('all everyone everything paged paginated pagination'.split(' '));

/**
 * Things of which a product has many. Where routes use the singular for the collection (`/board/:id/sprint`,
 * `/console/user`), the GET of such a word is a list.
 */
export const COUNTED: ReadonlySet<string> = new Set(
  `action alert announcement answer appointment article asset attachment attribute board booking branch
   bucket budget bug campaign candidate card category channel chapter charge city class client comment commit
   company contact contract conversation country coupon course currency customer department device discount dispute
   document employee entry epic event expense field filter folder form friend gadget gift goal group guest hook
   host interview invoice item job keyword label lead leaderboard lecture lesson level link listing machine match
   meeting member mentor menu message milestone module movie node note notification offer operation option order
   organization page participant partner patient payment person pet pipeline place player playlist plugin poll post
   privilege problem product project property proposal purchase question queue quote reaction recipe recipient
   record region reminder repo repository reservation resource response review reward role room route rule sale
   segment sensor server service shipment shop site skill slot song source sprint stage step store story student
   supplier survey tag target task tax teacher team thread ticket topic tournament transaction trip vehicle vendor
   video visit visitor voucher warehouse webhook widget worker workspace`.split(/\s+/),
);

/** Parts of a route below which POST reads: the body is only the question. */
export const READ_AREAS: ReadonlySet<string> = new Set(
  'analytics autocomplete insights lookup queries query search statistics stats suggestions'.split(' '),
);

/** Those of them that answer with one analysis. */
export const ANALYSES: ReadonlySet<string> = new Set('analytics insights statistics stats'.split(' '));

/** Last words of the name of a parameter that holds an id. */
export const ID_WORDS: ReadonlySet<string> = new Set('guid id ids uid uuid'.split(' '));

/** Last words of a route to which a file is sent. */
export const FILES: ReadonlySet<string> = new Set('content upload uploads'.split(' '));

/** Pictures of which a thing has one: POST sends the file, PUT is an update. */
export const PICTURES: ReadonlySet<string> = new Set(
  'avatar banner icon image logo photo picture thumbnail'.split(' '),
);

/** Resources that are people's accounts. */
export const PEOPLE: ReadonlySet<string> = new Set('account user'.split(' '));

/** Resources that are the configuration of a product. */
export const CONFIG: ReadonlySet<string> = new Set(
  'config configuration feature_flag flag integration option policy preference property setting webhook'.split(' '),
);

/** Resources that decide who may do what. */
export const ACCESS: ReadonlySet<string> = new Set(
  `access_key access_token acl api_key api_token apikey collaborator grant member membership permission
   personal_access_token refresh_token role role_assignment role_mapping secret_key service_account service_token
   token`.split(/\s+/),
);
