/** Plurals that no rule finds. */
export const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['people', 'person'],
  ['children', 'child'],
  ['men', 'man'],
  ['women', 'woman'],
  ['mice', 'mouse'],
  ['indices', 'index'],
  ['indexes', 'index'],
  ['matrices', 'matrix'],
  ['vertices', 'vertex'],
  ['appendices', 'appendix'],
  ['criteria', 'criterion'],
  ['phenomena', 'phenomenon'],
  ['analyses', 'analysis'],
  ['bases', 'base'],
  ['diagnoses', 'diagnosis'],
  ['hypotheses', 'hypothesis'],
  ['synopses', 'synopsis'],
  ['leaves', 'leaf'],
  ['knives', 'knife'],
  ['lives', 'life'],
  ['shelves', 'shelf'],
  ['halves', 'half'],
  ['aliases', 'alias'],
  ['biases', 'bias'],
  ['canvases', 'canvas'],
  ['atlases', 'atlas'],
  ['gases', 'gas'],
  ['caches', 'cache'],
  ['niches', 'niche'],
  ['axes', 'axis'],
  ['quizzes', 'quiz'],
  ['movies', 'movie'],
  ['cookies', 'cookie'],
  ['ties', 'tie'],
  ['pies', 'pie'],
  ['zombies', 'zombie'],
  ['media', 'media'],
  ['shoes', 'shoe'],
  ['buses', 'bus'],
  ['viruses', 'virus'],
  ['bonuses', 'bonus'],
  ['menus', 'menu'],
  ['emus', 'emu'],
  ['gurus', 'guru'],
  ['crises', 'crisis'],
  ['theses', 'thesis'],
]);

/** Words that end in s and are one thing, or have no plural in a route. */
export const SINGULAR_IN_S: ReadonlySet<string> = new Set(
  `access acs address aegis alias always analysis analytics apparatus atlas aws axis basis bias bonus boss bus
   business bypass campus canvas census chaos class compass consensus corpus cors crisis cross css diagnosis
   diagnostics discuss dismiss dns dress express focus gas genesis glass gps grass gross harness https hypothesis
   index ios iris kubernetes lens less logistics loss mass mathematics news nexus nps oasis os pass physics plus
   politics pos press previous process progress radius redis rss sas sass series sms sos species ssl statistics
   status stress success synopsis synthesis tactics tennis thesis this tls tps virus vps wireless witness x509`.split(
    /\s+/,
  ),
);

/** True when the word is an English plural: `orders`, `people`; not `status`. */
export function isPlural(word: string): boolean {
  return singularOf(word) !== word || word === 'media';
}

/** The singular of one lower-case English word: `orders` is order, `policies` is policy, `status` stays. */
export function singularOf(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length < 3 || !word.endsWith('s') || SINGULAR_IN_S.has(word)) return word;
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  if (/(?:status|alias|campus|virus|focus|bonus|census|corpus|radius|nexus)es$/.test(word)) return word.slice(0, -2);
  if (/(?:[^aeiou]o)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}
