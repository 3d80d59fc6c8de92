// A real OpenID Connect provider on a free port of loopback, for tests/web/company_sign_in.rs:
//   node provider.mjs REDIRECT_URI [PORT]
// It prints its issuer. `PUT /people/NAME` with claims as JSON makes or changes somebody, who signs in with any password;
// `PUT /fault` with {"fault": …} has it issue tokens that must not be believed. `PUT /odd` with {"odd": …} adds that text, the
// members of an object, to what it says, everywhere or `at` a path: as other providers do, it says more than is asked for.
import { createServer } from 'node:http';
import { CompactSign, exportJWK, generateKeyPair, importJWK, decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import Provider from 'oidc-provider';

const [redirectUri, port = '0'] = process.argv.slice(2);
const SECRET = 'a-secret-of-the-company-that-is-long-enough';
const people = new Map();
let fault = null;
let odd = null;
let oddAt = null;

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
  async future(claims) { return sign({ ...claims, iat: claims.iat + 600 }, own); },
  async undated({ iat, ...claims }) { return sign(claims, own); },
  async endless({ exp, ...claims }) { return sign(claims, own); },
  async party(claims) { return sign({ ...claims, aud: ['carnet'], azp: 'other' }, own); },
  async nobody({ sub, ...claims }) { return sign(claims, own); },
  async unasked({ nonce, ...claims }) { return sign(claims, own); },
  async critical(claims) { return sign(claims, own, { crit: ['exp'], exp: 1 }); },
  async nested(claims) { return sign(claims, own, { cty: 'JWT' }); },
  async access(claims) { return sign(claims, own, { typ: 'at+jwt' }); },
  async unknown(claims) { return sign(claims, foreign, { kid: 'another' }); },
  async changed(claims) {
    const [head, , signature] = (await sign(claims, own)).split('.');
    const body = Buffer.from(JSON.stringify({ ...claims, sub: 'u-1' })).toString('base64url');
    return `${head}.${body}.${signature}`;
  },
  async forged(claims) { return sign(claims, foreign); },
  async none(claims) { return new UnsecuredJWT(claims).encode(); },
  async hmac(claims) {
    return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET));
  },
  async missing() { return undefined; },
};
const sign = async (claims, jwk, more = {}) => signText(JSON.stringify(claims), jwk, more);
const signText = async (text, jwk, more = {}) =>
  new CompactSign(new TextEncoder().encode(text)).setProtectedHeader({ alg: 'RS256', kid: own.kid, ...more })
    .sign(await importJWK(jwk, 'RS256'), { crit: { exp: true } });
// The object as text, with the odd members in place of its own of that name.
const withOdd = (object) => {
  const kept = { ...object };
  for (const name of Object.keys(JSON.parse(`{${odd}}`))) delete kept[name];
  return `${JSON.stringify(kept).slice(0, -1)},${odd}}`;
};
const isOdd = (path) => odd !== null && (oddAt ?? path) === path;
// Keys of kinds that are not known here, or not for signatures.
const ODD_KEYS = [
  { kty: 'AKP', alg: 'ML-DSA-65', kid: 'later', pub: 'AAAA' },
  { kty: 'RSA', use: 'enc', alg: 'RSA-OAEP', kid: own.kid, n: own.n, e: own.e },
  { kty: 7 },
];

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
    claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'], email: ['email'] },
    // Some providers put everything into the token, others nothing but who it is.
    conformIdTokenClaims: process.env.PROVIDER_CONFORMS === '1',
    pkce: { required: () => true },
    async findAccount(_, id) {
      return { accountId: id, claims: async () => ({ sub: id, ...people.get(id) }) };
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (isOdd(ctx.path) && ['/me', '/.well-known/openid-configuration'].includes(ctx.path)) {
      ctx.body = withOdd(JSON.parse(JSON.stringify(ctx.body)));
      ctx.type = 'application/json; charset=UTF-8';
    }
    if (isOdd(ctx.path) && ctx.path === '/jwks') ctx.body = { keys: [...ODD_KEYS, ...ctx.body.keys] };
    if (ctx.path !== '/token' || !ctx.body?.id_token) return;
    const claims = decodeJwt(ctx.body.id_token);
    if (fault) ctx.body = { ...ctx.body, id_token: await FAULTS[fault](claims) };
    if (isOdd(ctx.path)) {
      const id_token = await signText(withOdd(claims), own, { typ: 'JWT', x5t: 7 });
      ctx.body = { ...ctx.body, id_token, expires_in: '3600', scope: ['openid'], token_type: 'bearer', refresh_token: null };
    }
  });
  const pages = provider.callback();
  handle = async (request, response) => {
    const [, kind, name] = request.url.split('/');
    if (request.method !== 'PUT') return pages(request, response);
    const body = await bodyOf(request);
    if (kind === 'people') people.set(decodeURIComponent(name), body);
    if (kind === 'fault') fault = body.fault;
    if (kind === 'odd') [odd, oddAt] = [body.odd, body.at];
    response.writeHead(204).end();
  };
  console.log(issuer);
});
// It ends with the test that started it, whatever becomes of that.
process.stdin.resume().on('end', () => process.exit(0));
