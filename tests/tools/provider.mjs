// A real OpenID Connect provider on a free port of loopback, for tests/web/company_sign_in.rs:
//   node provider.mjs REDIRECT_URI [PORT]
// It prints its issuer. `PUT /people/NAME` with claims as JSON makes or changes somebody, who signs in with any password;
// `PUT /fault` with {"fault": …} has it issue tokens that must not be believed.
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, importJWK, decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import Provider from 'oidc-provider';

const [redirectUri, port = '0'] = process.argv.slice(2);
const SECRET = 'a-secret-of-the-company-that-is-long-enough';
const people = new Map();
let fault = null;

async function key(kid) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
}
// Each process has keys of its own.
const own = await key(`key-${process.pid}`);
const foreign = await key(own.kid);

const FAULTS = {
  async nonce(claims) { return sign({ ...claims, nonce: 'of another sign-in' }, own); },
  async audience(claims) { return sign({ ...claims, aud: 'other' }, own); },
  async audiences(claims) { return sign({ ...claims, aud: ['carnet', 'other'] }, own); },
  async issuer(claims) { return sign({ ...claims, iss: 'https://evil.example' }, own); },
  async expired(claims) { return sign({ ...claims, exp: claims.iat - 1 }, own); },
  async early(claims) { return sign({ ...claims, nbf: claims.iat + 600 }, own); },
  async forged(claims) { return sign(claims, foreign); },
  async none(claims) { return new UnsecuredJWT(claims).encode(); },
  async hmac(claims) {
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET));
  },
  async missing() { return undefined; },
};
const sign = async (claims, jwk) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: own.kid }).sign(await importJWK(jwk, 'RS256'));

async function bodyOf(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return JSON.parse(text);
}

const server = createServer((request, response) => handle(request, response));
let handle;
server.listen(Number(port), '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const client = (client_id) => ({
    client_id, client_secret: SECRET, redirect_uris: [redirectUri], response_types: ['code'],
    grant_types: ['authorization_code'],
  });
  const provider = new Provider(issuer, {
    clients: [client('carnet'), client('other')],
    jwks: { keys: [own] },
    cookies: { keys: ['of the tests'] },
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    // Some providers put everything into the token, others nothing but who it is.
    conformIdTokenClaims: process.env.PROVIDER_CONFORMS === '1',
    pkce: { required: () => true },
    async findAccount(_, id) {
      return { accountId: id, claims: async () => ({ sub: id, ...people.get(id) }) };
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== '/token' || !fault || !ctx.body?.id_token) return;
    ctx.body = { ...ctx.body, id_token: await FAULTS[fault](decodeJwt(ctx.body.id_token)) };
  });
  const pages = provider.callback();
  handle = async (request, response) => {
    const [, kind, name] = request.url.split('/');
    if (request.method !== 'PUT') return pages(request, response);
    const body = await bodyOf(request);
    if (kind === 'people') people.set(decodeURIComponent(name), body);
    if (kind === 'fault') fault = body.fault;
    response.writeHead(204).end();
  };
  console.log(issuer);
});
// It ends with the test that started it, whatever becomes of that.
process.stdin.resume().on('end', () => process.exit(0));
