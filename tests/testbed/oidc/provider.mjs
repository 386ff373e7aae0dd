// A certified OpenID Connect provider with the forms for its people: node provider.mjs PORT BACK
// Anybody may sign in; the name is the subject, and name@example.org the address.
import Provider from 'oidc-provider';

const [port, back] = process.argv.slice(2);
const provider = new Provider(`http://localhost:${port}`, {
  clients: [{
    client_id: 'auditor', client_secret: 'a secret of two', redirect_uris: [back],
    application_type: 'native',
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // As Entra and Google do: the claims are in the ID token itself.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['for tests alone'] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@example.org`, email_verified: sub !== 'unproved', name: sub }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
