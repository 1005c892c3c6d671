/** Names of credentials, in letters only: `api_key`, `API-Key` and `apiKey` are all `apikey`. */
const SECRET_NAMES: readonly string[] = [
  'apikey',
  'apisecret',
  'apitoken',
  'appsecret',
  'accesskey',
  'accesskeyid',
  'accesstoken',
  'accountkey',
  'auth',
  'authcode',
  'authkey',
  'authorization',
  'authorizationcode',
  'authtoken',
  'awssecretaccesskey',
  'backupcode',
  'backupcodes',
  'bearer',
  'bearertoken',
  'cardcvc',
  'cardcvv',
  'cardnumber',
  'clientassertion',
  'clientsecret',
  'codeverifier',
  'connectionstring',
  'consumersecret',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'creditcard',
  'creditcardnumber',
  'csrf',
  'csrftoken',
  'cvc',
  'cvv',
  'cvv2',
  'databaseurl',
  'dsn',
  'encryptionkey',
  'hmac',
  'hmackey',
  'iban',
  'idtoken',
  'idtokenhint',
  'jwt',
  'keypair',
  'magiclink',
  'masterkey',
  'mfacode',
  'mnemonic',
  'newpass',
  'newpassword',
  'nonce',
  'oauthtoken',
  'oldpass',
  'oldpassword',
  'otp',
  'otpcode',
  'otpsecret',
  'pan',
  'pass',
  'passcode',
  'passphrase',
  'passwd',
  'password',
  'passwordagain',
  'passwordconfirm',
  'passwordconfirmation',
  'passworddigest',
  'passwordhash',
  'passwordsalt',
  'pin',
  'pincode',
  'privatekey',
  'privkey',
  'proxyauthorization',
  'pwd',
  'recoverycode',
  'recoverycodes',
  'refreshtoken',
  'resettoken',
  'salt',
  'seedphrase',
  'secret',
  'secretaccesskey',
  'secretkey',
  'secrets',
  'securityanswer',
  'securitycode',
  'sessionid',
  'sessiontoken',
  'setcookie',
  'sharedsecret',
  'sid',
  'signature',
  'signingkey',
  'socialsecuritynumber',
  'ssn',
  'token',
  'tokens',
  'totp',
  'totpsecret',
  'twofactorcode',
  'twofactorsecret',
  'verificationcode',
  'verifytoken',
  'webhooksecret',
  'xapikey',
  'xauthtoken',
  'xcsrftoken',
  'xsrftoken',
];

/** Endings and beginnings that make any name a secret: `stripeSecretKey`, `user_password`, `passwordHint`. */
const SECRET_PARTS =
  /password|passwd|passphrase|secret|privatekey|apikey|accesstoken|refreshtoken|credential|(?:^|[a-z])token$/;

/** Names that the parts above would catch and that hold no secret. */
const HARMLESS =
  /^(?:password(?:changed|updated|reset|expires|expired|set)(?:at|on)?|(?:has|is|needs|requires?|reset|change|force)password\w*|(?:has|is|mfa)secret\w*|tokentype|csrftokenname|haspassword)$/;

const MAX_VERDICTS = 4096;

/** A name in letters and digits only, lower case. */
function normalise(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Decides by a field's name, in whatever spelling, whether its value is a secret. The verdict on a name is kept, so the
 * second time costs one look-up; the cache is bounded, as names can come from a request.
 */
export function secretNames(extra: readonly string[], allow: readonly string[]): (name: string) => boolean {
  const secret = new Set([...SECRET_NAMES, ...extra.map(normalise)]);
  const own = new Set(extra.map(normalise));
  const allowed = new Set(allow.map(normalise));
  const verdicts = new Map<string, boolean>();

  const judge = (name: string): boolean => {
    const plain = normalise(name.length > 256 ? name.slice(0, 256) : name);
    if (own.has(plain)) return true;
    if (allowed.has(plain) || HARMLESS.test(plain)) return false;
    return secret.has(plain) || SECRET_PARTS.test(plain);
  };

  return (name) => {
    const known = verdicts.get(name);
    if (known !== undefined) return known;
    const verdict = judge(name);
    if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
    verdicts.set(name, verdict);
    return verdict;
  };
}
