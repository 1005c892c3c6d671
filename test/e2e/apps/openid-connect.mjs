// A real OpenID provider, a shop that signs in with express-openid-connect, and an API that takes its access tokens with
// express-oauth2-jwt-bearer. Says where they listen, and ends with its standard input.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { audit } from '@whodunit/express';
import { fileSink } from '@whodunit/sink-file';
import express from 'express';
import { auth as bearer } from 'express-oauth2-jwt-bearer';
import { auth as openidConnect } from 'express-openid-connect';
import { Provider } from 'oidc-provider';

const [, , file, order] = process.argv;
const AUDIENCE = 'https://api.shop.example';
const CLIENT_SECRET = 'secret-of-the-shop-with-32-characters';

/** A server whose address is known before it can answer. */
async function listening() {
  const server = createServer((req, res) => server.emit('answer', req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

const [provider, shop, api] = await Promise.all([listening(), listening(), listening()]);

const claims = { email: 'jane@example.com', name: 'Jane', org_id: 'acme', org_name: 'Acme' };
const oidc = new Provider(provider.url, {
  clients: [
    {
      client_id: 'shop',
      client_secret: CLIENT_SECRET,
      redirect_uris: [`${shop.url}/callback`],
      post_logout_redirect_uris: [shop.url],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
    {
      client_id: 'billing',
      client_secret: CLIENT_SECRET,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
    },
  ],
  claims: { openid: ['sub', 'org_id', 'org_name'], email: ['email'], profile: ['name'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['keys-of-the-provider'] },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      getResourceServerInfo: () => ({
        scope: 'projects',
        audience: AUDIENCE,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...claims }) }),
  extraTokenClaims: () => ({ org_id: 'acme' }),
});
provider.server.on('answer', oidc.callback());

const line = audit({ service: 'shop', sinks: [fileSink(file)], dispatch: { maxWaitMs: 5 } });
const answersErrors = (error, _req, res, _next) => res.status(error.status ?? 500).json({ error: 'refused' });
const update = (req, res) => res.status(req.params.id === 'forbidden' ? 403 : 200).json({});

const web = express();
const login = openidConnect({
  issuerBaseURL: provider.url,
  baseURL: shop.url,
  clientID: 'shop',
  clientSecret: CLIENT_SECRET,
  secret: 'a-key-for-the-cookies-of-the-shop-32',
  authRequired: false,
  idpLogout: false,
  authorizationParams: { response_type: 'code', scope: 'openid profile email' },
});
web.use(...(order === 'before' ? [line, login] : [login, line]));
web.put('/projects/:id', (req, res) => (req.oidc.isAuthenticated() ? update(req, res) : res.status(401).end()));
web.use(answersErrors);
shop.server.on('answer', web);

const service = express();
const guard = bearer({ issuerBaseURL: provider.url, audience: AUDIENCE });
service.use(line);
service.put('/projects/:id', guard, update);
service.use(answersErrors);
api.server.on('answer', service);

console.log(JSON.stringify({ provider: provider.url, shop: shop.url, api: api.url, clientSecret: CLIENT_SECRET }));
process.stdin.resume();
await once(process.stdin, 'end');
await line.auditor.close();
process.exit(0);
