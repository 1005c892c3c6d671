import { COUNTED, FILES, LISTS, PICTURES, SINGLETONS } from './nouns.js';

/** Names of things that end like no noun, and that routes use in the singular: `POST /shops/:id/stock`. */
export const THINGS: ReadonlySet<string> = new Set(
  `abstract acl aisle alarm annex app arc array art artifact aspect autofix backdrop badge bag ball ballot band
   bank barn barrel base baseline basin basket bay bead bean bed bell belt bench benchmark benefit bike billboard
   bin bird birthday bit blade blend blob blog blueprint boat body bolt bond bone bot bottle bowl box brain brake
   brand bread breakpoint brick bridge brief brush bulb bulletin bundle bunk bush button bylaw byte cab cabin
   cache cake calendar callback camp case cash castle cat catalog cause cave caveat cell chain chair champion
   chapel charm chart chat checkpoint chef child chip choice chord chore chunk clan clause clerk climate clipboard
   clock cloud club clue coach coat cocktail code codebase codename cohort coil coin college column comb complaint
   concept concern concert cone conflict contour cord core council court craft crew cron crowd cube cue cup curb
   curve custody cycle dam database dataset datastore day deadline dean debt deck decree defect degree demand den
   depot desk desktop detail detour dialect dialog diet digit disc dish disk district ditch doc dock dog domain
   dose dot drug duct dust ear edge effect effort egg emblem enclave endpoint engine enzyme episode epoch essay
   estate exam excerpt expert eye face fact fan faq farm fashion fault feast feat fee filename film fireplace firm
   fish flame flashcard fleet flight flood flour flow fluid foam folk font food foot forest format fort fountain
   frame freight front fruit fuel game garden gate gear gem gene genre gif gland glitch glove gold golf grain
   graph grid grip groove ground grove guard guestbook guide guideline guild gun gym habit hair half hall handbook
   hashtag hat hazard head headline heart heat hedge height heir helmet herb hill hint hobby hole holiday horn
   horse hostname hotel hotline hour household hub hull hut hybrid impact impulse inbound income inlet input
   insect insight intake island issue jacket jet jewel joint joke journey juice junk keyboard keypair kid kind
   kiosk kit kitchen knife knob knot lab lace lake lamp landmark lane laptop law lawn layout ldap leaf leg legend
   lid lifecycle limb lip loan lobby loft logbook loop lot lunch lung magnet maid mailbox mall mandate market
   marketplace mast mat mate matrix maze meat merit mesh mill mind model modem mold mood moon motif mouse mug nail
   namespace neck nerve nest network news niche nickname night noise notebook noun object oil orbit organ outbound
   outbox outfit outlet outlook output oven oversight oxygen pact pad palm pan panel parcel part past pattern
   payroll peak pearl pen perk phase phrase piece pilot pipe pit pixel plane planet plate playbook pocket podcast
   poem poet point pole pond pool porch port postcard pot pouch powder prefix prize profit prompt proof prospect
   pubkey pulse pupil purse purview puzzle quest quiz race rack rail rain raindrop ramp ranch ray realm rebate
   recap receipt regime rib rice risk road robot rod roof rooftop root rope rose rug runbook salad salt saml
   sample sand sandbox satellite sauce scene scheme scoreboard scorecard scout screen script season seat sequel
   shadow shaft shape sheet shelf shell shield shift shirt shoe shore shot side silk sink sketch skin sky slack
   slate sleeve slide slope slug smell smoke snack snapshot snippet snow soap soil sound soup space span spec
   speech spine spoon sport spot spouse spreadsheet squad square stack staff stain stair standard stat steam steel
   stem stick stock storm storyboard strain strand strap strategy straw street style subject subnet subtask
   subtree suffix suit sun surname swarm swatch symbol symptom syntax tab tablet tagline tail tale talk tank tap
   tape tariff taxon tech template term terrain textbook threshold tick tile timeframe timesheet timeslot
   timestamp title toll tombstone tone tool toolbox tooth torch tour towel town toy tract trail trait tram tray
   trench trend tribe troop truck trunk tub tube twin type union unit universe username van vault vein venue
   verb verdict verse vessel viewpoint viewport vine voice volt volume vow wagon wall wallet ward waste wave
   waypoint web webcam week weekday weekend weight well wheat wheel whiteboard whois wildcard wind window wine
   wire wish wood word workflow worksheet workshop worktree world yaml yard yarn year`.split(/\s+/),
);

/** How the names of things end: permission, payment, reseller, inventory, agenda, cashflow; or letters in a row: tls. */
const NOUN_ENDING =
  /(?:[ts]ion|ment|ness|ity|ty|sis|ship|ance|ence|ancy|ency|ism|hood|age|er|or|ist|ogy|phy|ry|ing|ure|ware|al|dom|th|um|us|ics|ed|ant|ent|ary|ic|ive|able|ible|ous|ful|less|[^e]ar|[aiou]|flow|line|board|book|house|land|room|shop|word|field|space|sheet|zone|desk|bank|box|path|point|card|type|name|time|day|log|kit)$|^[^aeiouy]+$/;

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
