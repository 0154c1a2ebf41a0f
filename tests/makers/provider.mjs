// A real OpenID Connect provider on a free port of this machine; says its issuer on a line, once it answers.
// Arguments: the return address and the logout address of the one client it knows, and where it is told of logouts.
import http from "node:http";
import Provider from "oidc-provider";

const [returnAddress, logoutAddress, toldAddress] = process.argv.slice(2);
const PEOPLE = {
  "n-1": { name: "Nadia Benali", email: "nadia.benali@interior.example", email_verified: true },
  "n-2": { name: "Omar Sy", email: "omar.sy@elsewhere.example", email_verified: true },
};
const LOGIN = (uid) =>
  `<!doctype html><html lang="en"><title>Ministry</title><h1>Sign in at the ministry</h1>` +
  `<form method="post" action="/interaction/${uid}"><label>Number <input name="number"></label><button>Sign in there</button></form>`;
const LOGOUT = (form) =>
  `<!doctype html><html lang="en"><title>Ministry</title><h1>Sign out at the ministry</h1>${form}` +
  `<button form="op.logoutForm" name="logout" value="yes">Sign out there</button>`;
const GONE = `<!doctype html><html lang="en"><title>Ministry</title><h1>Signed out at the ministry</h1>`;

const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "capacita",
        client_secret: "a secret of two",
        redirect_uris: [returnAddress],
        post_logout_redirect_uris: [logoutAddress],
        backchannel_logout_uri: toldAddress,
        backchannel_logout_session_required: true,
      },
    ],
    cookies: { keys: ["only for tests"] },
    claims: { openid: ["sub", "amr"], profile: ["name"], email: ["email", "email_verified"] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        logoutSource: (context, form) => (context.body = LOGOUT(form)),
        postLogoutSuccessSource: (context) => (context.body = GONE),
      },
    },
    // It would not tell a site on its own machine, and under load not wait for it.
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined, signal: AbortSignal.timeout(20_000) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    loadExistingGrant: async (context) => {
      const { client, session, params } = context.oidc;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope(params.scope);
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    if (request.method === "GET") {
      response.setHeader("Content-Type", "text/html");
      return response.end(LOGIN(request.url.split("/")[2]));
    }
    let body = "";
    for await (const part of request) body += part;
    const accountId = new URLSearchParams(body).get("number");
    const result = accountId
      ? { login: { accountId, amr: ["pwd", "mfa"] } }
      : { error: "access_denied", error_description: "they said no" };
    return provider.interactionFinished(request, response, result);
  });
  console.log(issuer);
});
