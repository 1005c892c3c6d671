/** What stands where a secret stood in running text. */
const CENSOR = '[redacted]';

/**
 * Cheap looks, of which every secret that a pattern knows trips one. Several small expressions cost half of one with many
 * alternatives: the engine searches for each of these without stepping back.
 */
const HINTS: readonly RegExp[] = [
  /[:=_]/,
  /eyJ|-----|glpat-|xox|A[KS]IA|AIza|SG\./,
  /(?:bearer|basic|digest)\s/i,
  /\d(?:[ -]?\d){12}/,
];

/** Says whether the exact patterns are worth trying; it may say yes too often, never no. */
const SUSPECT =
  /eyJ|-----BEGIN|\b(?:bearer|basic|digest)\s|:\/\/[^\s/@]*@|[_-](?:live|test|prod)_|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|AKIA|ASIA|AIza|SG\.|npm_|whsec_|\d(?:[ -]?\d){12}|(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[ _-]?key|authorization|cookie|session(?:id)?|otp|pin|cvv|ssn)["'\\]{0,3}\s*[=:]/i;

const PATTERNS: readonly (readonly [RegExp, string | ((match: string) => string)])[] = [
  [
    /-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE|SECRET)[A-Z ]*-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g,
    CENSOR,
  ],
  [/eyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*){0,3}/g, CENSOR],
  [/\b(bearer|basic|digest)\s+[^\s,;"']{4,}/gi, CENSOR],
  [/(:\/\/)[^\s/@]+@/g, `://${CENSOR}@`],
  [/\b(?:sk|pk|rk|ak)[_-](?:live|test|prod)_\w{6,}/g, CENSOR],
  [
    /\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeprs]-[\w-]{8,}|npm_\w{30,}|whsec_[\w+/=]{12,})/g,
    CENSOR,
  ],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,}\b|\bAIza[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]{16,}/g, CENSOR],
  [
    /((?:pass(?:word|wd|phrase|code)?|pwd|secret|token|api[ _-]?key|authorization|cookie|session(?:id)?|otp|pin|cvv|ssn)["'\\]{0,3}\s*[=:]\s*["'\\]{0,3})(?!\[redacted\])[^\s"'\\,;&{}[\]]+/gi,
    `$1${CENSOR}`,
  ],
  // A UUID or a hash may hold the digits of a card number; nothing of an id may be lost.
  [
    /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b(?=\d*[a-f])[0-9a-f]{20,}\b|\d(?:[ -]?\d){12,18}/gi,
    (match) => (isCard(match) ? CENSOR : match),
  ],
];

/**
 * Takes secrets out of running text by what they look like: private keys, JSON web tokens, Authorization values,
 * credentials in URLs, well-known token prefixes, `password=...`, and card numbers that pass the Luhn check.
 */
export function cleanText(text: string): string {
  // The shortest secret that a pattern knows is `pin=1234`; nothing shorter is worth a look.
  if (text.length < 8 || !hasHint(text) || !SUSPECT.test(text)) return text;
  let clean = text;
  for (const [pattern, replacement] of PATTERNS) {
    clean = typeof replacement === 'string' ? clean.replace(pattern, replacement) : clean.replace(pattern, replacement);
  }
  return clean;
}

function hasHint(text: string): boolean {
  for (const hint of HINTS) if (hint.test(text)) return true;
  return false;
}

/** Lengths and first digits that are issued (ISO/IEC 7812-1): other long numbers are ids. */
function isCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  return /^(?:2[2-7]|[3-6])\d+$/.test(digits) && /^(?:.{13,16}|.{19})$/.test(digits) && luhn(digits);
}

/** ISO/IEC 7812-1 check digit. */
function luhn(text: string): boolean {
  let sum = 0;
  let double = false;
  for (let i = text.length - 1; i >= 0; i--) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) continue;
    const value = double ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    double = !double;
  }
  return sum % 10 === 0;
}
