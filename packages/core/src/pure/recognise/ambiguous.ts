/** Verbs that name a thing as often: a verb only where a verb can stand, at the end of a route and behind a resource. */
export const NOUN_OR_VERB: ReadonlySet<string> = new Set(
  `address allowlist answer appeal audit backup ban bet bid bill blacklist block blocklist book bookmark boost
   bootstrap bounce build call cast charge check claim clip commit consent contest copy correct count credit crop
   debit delay denylist deposit diff digest dispute download draw email embed estimate export extract favorite
   favourite fax filter fix flag follow force fork fund gift grade grant group handle hash hold import index
   invite invoice judge lease like link list load lock log mail map mark mask match mention mint mirror mount open
   override pack pair park pay payout pick pickup pin place play pledge poll post preview print probe process
   project promise proxy pull purchase push put quarantine query queue quote raise rank rate record redirect
   refund relay release reload rent report request reserve return review reward rollback rollout rollup route run
   sanction scale scan schedule score seal search seed set share ship shortlist sign signal slice sort spam split
   sponsor stage stake stamp star step store stream surface swipe tag test text tie tip track trade train transfer
   transition transport trash treat trigger trip trust tunnel update upgrade upload use view void vote wager
   waitlist wash watch whitelist wrap write zip`.split(/\s+/),
);

/** Ambiguous words that stay verbs in a PUT; the others name a part that is set: `PUT /users/:id/email`. */
export const VERBS_OF_PUT: ReadonlySet<string> = new Set(
  `archive ban block copy export favorite favourite flag follow hold import like lock merge open override pay pin play
   release rollback seal share ship sign star transfer trash trigger upload void vote watch`.split(/\s+/),
);

/** Words that in front of another word are part of a noun: `merge_requests`, `deploy_keys`, `test-report`. */
export const ATTRIBUTES: ReadonlySet<string> = new Set(
  `access address allowlist answer appeal audit backup bet bid bill blacklist block blocklist book bootstrap
   bounce broadcast build call charge check checkout claim clip commit connect contest copy count credit crop
   debit delay denylist deploy deposit digest dispute download draw email embed export extract favorite favourite
   fax filter fix flag fork forward freeze fund gift grade grant group handle hash hold import index install
   invoice judge launch lease like link list load lock log mail map match mention merge mint mirror mount open
   order override pack park pay payout pick pickup pin place play pledge poll post preview print probe process
   promote proxy pull purchase push quarantine query queue raise rank rate recall record redirect refund relay
   release reload rent report request reserve return review reward rollback rollout rollup route run scale scan
   schedule score seal search seed share ship shortlist sign signal slice sort spam split stage stake stamp star
   step store stream surface swap swipe switch tag test text tie tip track trade train transfer transform
   transition transport trash treat trip trust try tunnel upgrade upload use view vote wager waitlist wash watch
   whitelist work write zip`.split(/\s+/),
);

/** Verbs that name a part of a product when a collection stands behind them: `POST /checkout/sessions`, `/manage/users`. */
export const AREAS: ReadonlySet<string> = new Set(
  'buy checkout connect engage exchange learn manage operate sell teach'.split(' '),
);

/** Ambiguous words that are verbs only behind an id or a collection: `/invoices/:id/email`, not `/account/email`. */
export const AFTER_ID: ReadonlySet<string> = new Set('address email fax mail phone text'.split(' '));

/** Ambiguous words that stay verbs when they are the whole route: `POST /import`. */
export const VERBS_ALONE: ReadonlySet<string> = new Set(
  'backup batch export import preview query run scan search subscribe sync test trigger upload'.split(' '),
);

/** States that DELETE takes back: `DELETE /posts/:id/star` unstars. */
export const TOGGLES: ReadonlySet<string> = new Set(
  'archive ban block bookmark enable favorite favourite flag follow freeze hold like lock mute pin publish share star subscribe suspend watch'.split(
    ' ',
  ),
);

/** Opposites that are not made with `un`. */
export const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ['activate', 'deactivate'],
  ['associate', 'dissociate'],
  ['attach', 'detach'],
  ['authorize', 'deauthorize'],
  ['connect', 'disconnect'],
  ['enable', 'disable'],
  ['import', 'cancel_import'],
  ['join', 'leave'],
  ['promote', 'demote'],
  ['start', 'stop'],
]);
