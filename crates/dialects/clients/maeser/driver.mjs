// Loads the page of user management into jsdom, runs Maeser's script on it, clicks as an administrator does, and compares what the page
// shows with what the panel says.
import { readFileSync } from "node:fs";
import { JSDOM, VirtualConsole } from "jsdom";

const { BASE_URL, PANEL_URL, ADMIN_USERNAME, ADMIN_PASSWORD, ADMIN_TOKEN, MAESER_SCRIPT } = process.env;
const script = readFileSync(MAESER_SCRIPT, "utf8");
const timeout = 10_000;
let failures = 0;

async function check(what, run) {
  try {
    await run();
    console.log(`ok ${what}`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED ${what}: ${error.message}`);
  }
}

function equal(found, expected) {
  const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== other) {
    throw new Error(`${one} instead of ${other}`);
  }
}

async function until(what, find) {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await find();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`timeout while waiting for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Calls the API of the panel. */
async function panel(method, path, body) {
  const response = await fetch(`${PANEL_URL}${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${text}`);
  }
  return text && JSON.parse(text);
}

/** Signs in by the form. Returns the cookie. */
async function logIn() {
  const response = await fetch(`${BASE_URL}/login?next=%2Fusers`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({
      authvalidator: "rollcall",
      username: ADMIN_USERNAME,
      password: ADMIN_PASSWORD,
    }),
  });
  equal([response.status, response.headers.get("location")], [302, "/users"]);
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const session = cookies.find((cookie) => cookie.startsWith("session_token"));
  if (!session) {
    throw new Error("no session");
  }
  return session;
}

function request(cookie, path, options = {}) {
  const address = new URL(path, `${BASE_URL}/`);
  return fetch(address, { ...options, headers: { ...options.headers, cookie } });
}

async function command(cookie, body) {
  const response = await request(cookie, "/users/api", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) {
    throw new Error(`${JSON.stringify(body)}: ${response.status} ${text}`);
  }
  return JSON.parse(text);
}

/** Opens the page with the script, as a browser does after the download of both. */
async function open(cookie) {
  const page = await request(cookie, "/users");
  equal(page.status, 200);
  const variable = await (await request(cookie, "/users/manageUserAPI.js")).text();
  const dom = new JSDOM(await page.text(), {
    url: `${BASE_URL}/users`,
    runScripts: "outside-only",
    virtualConsole: new VirtualConsole(),
    beforeParse(window) {
      window.fetch = (path, options) => request(cookie, path, options);
      window.confirm = () => true;
      window.eval(variable);
      window.eval(script);
    },
  });
  return dom.window;
}

const marker = Date.now().toString(36);
const names = [`mae-${marker}-a`, `mae-${marker}-b`];
const displayName = "<img src=x onerror=alert(1)> & Co";
const users = [];

async function prepare() {
  for (const username of names) {
    const created = await panel("POST", "/api/admin/users", { username, displayName });
    const id = created.id ?? created.user.id;
    users.push(id);
    await panel("PUT", "/api/admin/limits", {
      subject: { user: id },
      metric: "requests",
      amount: 5,
      period: "drip:31536000",
    });
  }
}

function card(window, name) {
  const cards = [...window.document.querySelectorAll("#user-grid > .user-item.user-card")];
  // The script writes other headings than the server.
  return cards.find((one) => one.querySelector("h3") && one.textContent.includes(`Identifer: ${name}\n`));
}

/** Opens the dialog of a user. */
async function dialog(window, name) {
  const found = await until(`the card of ${name}`, () => card(window, name));
  found.click();
  return until(`the dialog of ${name}`, () => modal(window));
}

function modal(window) {
  return window.document.querySelector(".modal #user-modal");
}

/** Clicks a button of the dialog, and waits until the dialog shows the result. */
async function click(window, button, shows) {
  modal(window).querySelector(button).click();
  await until(`the result of ${button}`, () => {
    const dialogs = [...window.document.querySelectorAll(".modal #user-modal")];
    return dialogs.length === 1 && shows(dialogs[0]);
  });
}

const isActive = (button) => (shown) => shown.querySelector(button).classList.contains("active");
const isNotActive = (button) => (shown) => !isActive(button)(shown);
const says = (text) => (shown) => shown.textContent.includes(text);
/** Returns a user of the panel, also a deleted one. */
const user = (id) => panel("GET", `/api/admin/users/find?user=${id}`);

async function main() {
  await prepare();
  const [name, other] = names;
  let cookie;
  await check("form login starts a session", async () => {
    cookie = await logIn();
  });
  await check("fetched users have identities", async () => {
    for (const [user_auth, user_id] of [["github", name], ["ldap", other]]) {
      const answer = await command(cookie, { type: "fetch-user", user_auth, user_id });
      equal(answer, { response: `Fetched ${user_auth}.${user_id}` });
    }
  });
  const window = await open(cookie);
  const { document } = window;
  await check("script lists the users", async () => {
    const shown = await until("the card", () => card(window, name));
    equal(shown.querySelector("h3").textContent, displayName);
    equal(document.querySelectorAll("#user-grid img").length, 0);
    const text = shown.textContent;
    for (const part of ["Authentication method: github", "Admin: No", "Banned: No", "Requests: 5 / 5"]) {
      equal(text.includes(part), true);
    }
  });
  await check("filters list those that match", async () => {
    document.querySelector('.auth-filters > .tab-button[filter="ldap"]').click();
    await until("the filtered list", () => !card(window, name) && card(window, other));
    // The script shows the list that arrives last, which need not be the one of the last click: each is waited for.
    document.querySelector('.auth-filters > .tab-button[filter="all"]').click();
    await until("all authenticators", () => card(window, name) && card(window, other));
    document.querySelector('.admin-filters > .tab-button[filter="admin"]').click();
    await until("the admins", () => !card(window, other) && card(window, ADMIN_USERNAME));
    document.querySelector('.admin-filters > .tab-button[filter="all"]').click();
    await until("all users", () => card(window, other));
  });
  await check("ban suspends in the panel", async () => {
    await dialog(window, name);
    equal(says(`Identifier: github.${name}`)(modal(window)), true);
    await click(window, "#toggle-ban", isActive("#toggle-ban"));
    equal((await user(users[0])).status, "suspended");
    await click(window, "#toggle-ban", isNotActive("#toggle-ban"));
    equal((await user(users[0])).status, "active");
  });
  await check("admin is the role in the panel", async () => {
    await click(window, "#toggle-admin", isActive("#toggle-admin"));
    equal((await user(users[0])).isAdmin, true);
    await click(window, "#toggle-admin", isNotActive("#toggle-admin"));
    equal((await user(users[0])).isAdmin, false);
  });
  await check("requests are those of the limit", async () => {
    await click(window, "#decrease-requests", says("Requests: 4"));
    await click(window, "#decrease-requests", says("Requests: 3"));
    await click(window, "#increase-requests", says("Requests: 4"));
  });
  await check("audit log has the changes", async () => {
    const entries = await panel("GET", `/api/admin/audit?target=${name}`);
    const written = (Array.isArray(entries) ? entries : entries.items).map((entry) => entry.action);
    for (const action of ["user.suspended", "user.unsuspended", "user.balance_adjusted"]) {
      equal([action, written.includes(action)], [action, true]);
    }
  });
  await check("removed user is deleted in the panel", async () => {
    await until("the card", () => card(window, name));
    modal(window).querySelector("#remove-user").click();
    await until("the list without the user", () => !card(window, name));
    equal(Boolean((await user(users[0])).deletedAt), true);
  });
  await check("cleaning deletes the rest", async () => {
    await until("the card", () => card(window, other));
    window.handleCacheCleanup();
    await until("the list without the other", () => !card(window, other));
    equal(Boolean((await user(users[1])).deletedAt), true);
  });
  window.close();
}

main()
  .catch((error) => {
    failures += 1;
    console.log(`FAILED ${error.message}`);
  })
  .finally(async () => {
    for (const id of users) {
      await panel("DELETE", `/api/admin/users/${id}?permanent=true`).catch(() => {});
    }
    process.exit(failures ? 1 : 0);
  });
