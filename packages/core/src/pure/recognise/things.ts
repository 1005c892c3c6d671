import { COUNTED, FILES, LISTS, PICTURES, SINGLETONS } from './nouns.js';

/** Names of things that end like no noun, and that routes use in the singular: `POST /shops/:id/stock`. */
export const THINGS: ReadonlySet<string> = new Set(
  `acl alarm app array autofix backdrop badge bank baseline benchmark bid billboard bin birthday blob bot box brand
   breakpoint bridge bundle cache calendar case cash catalog cell chain chart chat checkpoint child clipboard cloud
   coach code codebase codename coin column court cron cycle database dataset datastore deadline debt desk desktop
   disk doc domain dose drug edge endpoint engine epoch essay exam faq farm fee filename fireplace flashcard fleet
   flight flow font food frame game gate gene genre gif graph grid guestbook guide guideline hall handbook hashtag
   headline holiday hostname hotel hotline hub inbound input issue joke keyboard keypair kit lab lake landmark lane
   laptop layout ldap legend lifecycle loan logbook loop lot lunch mailbox mandate market marketplace matrix mesh
   model namespace network news nickname notebook object offline online outbound outbox outlet output panel parcel
   pattern payroll phase piece pixel planet playbook podcast poem point pool port postcard prefix prize profit
   prompt proof pubkey purview quest quiz rack raindrop recap receipt regime risk road robot rooftop runbook saml
   sample sandbox scene scoreboard scorecard screen script season seat shape sheet shelf shift sketch skin slack
   slide slug snapshot snippet sound space spec spot spouse spreadsheet squad stack staff standard stat stock storyboard
   strategy street style subnet subtask subtree suffix surname symbol tablet tagline talk tank tariff taxon
   template term textbook threshold tick tile timeframe timesheet timeslot timestamp title tombstone tool toolbox
   tour trail trait tribe trunk twin type unit universe username vault verdict viewpoint voice volume wallet ward
   wave waypoint web webcam week weekday weekend weight wheel whiteboard whois wildcard window wish word worksheet
   workshop worktree world yaml year`.split(/\s+/),
);

/** How the names of things end: permission, payment, reseller, inventory, analysis, agenda; or letters in a row: tls. */
const NOUN_ENDING =
  /(?:[ts]ion|ment|ness|ity|ty|sis|ship|ance|ence|ancy|ency|ism|hood|age|er|or|ist|ogy|phy|ry|ing|ure|ware|al|dom|th|um|us|ics|ed|ant|ent|ary|ic|ive|able|ible|ous|ful|less|[aiou])$|^[^aeiouy]+$/;

/** True for what is surely or likely a thing; false for a word that may well be a verb. */
export function isThing(word: string): boolean {
  return (
    THINGS.has(word) ||
    COUNTED.has(word) ||
    SINGLETONS.has(word) ||
    PICTURES.has(word) ||
    LISTS.has(word) ||
    FILES.has(word) ||
    NOUN_ENDING.test(word)
  );
}
