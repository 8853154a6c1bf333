"""Sends the same requests to Maeser and to Rollcall, and compares the responses."""

import html
import re

import requests

HTML = "text/html; charset=utf-8"
JSON = "application/json"
# Texts in pages that both have. The pages look different.
TEXTS = {
    "error": r"<title>(\d{3} [^<]*)</title>\s*<h1>([^<]*)</h1>\s*<p>(.*?)</p>",
    "message": r'<p (?:class="form-message"|id="message" role="alert")>(.*?)</p>',
    "fields": r'<input type="[a-z]+" id="\w+" name="(\w+)"',
    "filters": r'<button[^>]* class="tab-button( active)?" filter="([^"]*)"',
    "grid": r'<div id="(user-grid)"',
    "tokens": r">(Total Tokens: \d+)<",
    "cost": r">Total Cost: \$([\d.]+)<",
    "branch": r">(Branch: [^<]+)<",
    "messages": r">(Question|Answer)</",
    "logs": r'<a href="/logs/([^/"]+)/[^"]+"',
}


class Checks:
    """Prints a line for each check."""

    def __init__(self):
        self.failed = False

    def print(self, what, problems):
        """Prints whether there are no problems."""
        if problems:
            self.failed = True
            print(f"FAILED {what}: {'; '.join(problems)}".replace("\n", " "))
        else:
            print(f"ok {what}")


class Caller:
    """A caller with a session in both."""

    def __init__(self, checks, bases, names):
        self.checks = checks
        self.bases = bases
        # Users of this run; Rollcall has others.
        self.names = names
        self.sessions = [session() for _ in bases]

    def ask(self, what, method, path, differs=None, **options):
        """Sends a request to both. `differs` has, by the parts that are not equal, what Maeser answers and what Rollcall does."""
        found = [
            self.parts(session.request(method, f"{base}{path}", allow_redirects=False, timeout=60, **options))
            for session, base in zip(self.sessions, self.bases)
        ]
        if "json" in found[0]:
            found[0]["json"] = as_in_rollcall(found[0]["json"])
        self.checks.print(what, problems(found, differs or {}))

    def command(self, what, kind, differs=None, **fields):
        """Sends a command."""
        self.ask(what, "POST", "/users/api", differs, json={"type": kind, **fields})

    def log_in(self, what, auth, username, password, differs=None, path="/login"):
        """Sends the form of the login."""
        form = {"authvalidator": auth, "username": username, "password": password}
        self.ask(what, "POST", path, differs, data=form)

    def parts(self, response):
        """Returns the parts of a response that are compared. Those of a redirect are its status and its target."""
        if response.is_redirect:
            return {"status": response.status_code, "location": response.headers["location"]}
        kind = response.headers.get("content-type")
        parts = {"status": response.status_code, "type": kind}
        if kind == JSON:
            parts["json"] = self.of_this_run(response.json())
        else:
            parts["texts"] = texts(response.text)
        return parts

    def of_this_run(self, value):
        """Returns a list without users of other runs, in a fixed order."""
        if not isinstance(value, list):
            return value

        def name(one):
            return one["ident"] if isinstance(one, dict) else one.partition(":")[2]

        return sorted((one for one in value if name(one) in self.names), key=name)


def session():
    """Returns a session that uses no proxy."""
    created = requests.Session()
    created.trust_env = False
    # Rollcall shows a log only to requests of its own site and of the address bar.
    created.headers["Sec-Fetch-Site"] = "none"
    return created


def as_in_rollcall(value):
    """Returns an answer of Maeser with users as Rollcall shows them: the group is the most powerful role, and the username is another name."""
    if isinstance(value, list):
        return [as_in_rollcall(one) for one in value]
    if not isinstance(value, dict) or "ident" not in value:
        return value
    group = "admin" if value["admin"] else value["usergroup"]
    names = [] if value["auth_method"] == "rollcall" else [value["ident"]]
    return {**value, "usergroup": group, "aka": names}


def texts(page):
    """Returns the texts of a page that are compared."""
    found = {name: re.findall(pattern, page, re.DOTALL) for name, pattern in TEXTS.items()}
    # Maeser has a form for each authenticator.
    found["fields"] = sorted(set(found["fields"]))
    # Maeser writes a decimal at least.
    found["cost"] = [float(cost) for cost in found["cost"]]
    return {name: [plain(part) for part in parts] for name, parts in found.items() if parts}


def plain(part):
    """Returns a text, or each text of several, without the escapes of HTML."""
    if isinstance(part, tuple):
        return tuple(plain(one) for one in part)
    return html.unescape(part) if isinstance(part, str) else part


def problems(found, differs):
    """Returns what is different and not expected, and what is expected and not so."""
    maeser, rollcall = found
    listed = []
    for part in sorted(maeser.keys() | rollcall.keys() | differs.keys()):
        pair = (maeser.get(part), rollcall.get(part))
        if part not in differs and pair[0] != pair[1]:
            listed.append(f"{part} of Maeser is {pair[0]!r}, of Rollcall {pair[1]!r}")
        elif part in differs and pair != differs[part]:
            listed.append(f"{part} of Maeser and Rollcall is {pair!r} instead of {differs[part]!r}")
    return listed
