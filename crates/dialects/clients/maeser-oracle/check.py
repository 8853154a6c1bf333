"""Compares the dialect with Maeser's own app: the same requests, by the same users, to both.

Each expected difference is one of docs/dialects/maeser.md, and is written down with what either of them answers.
"""

import sys
from urllib.parse import quote

from compare import JSON, Caller, Checks
from differences import FAILURE, accepted, denied, not_found, stricter, unregistered
from users import (
    ADMIN,
    ADMIN_PASSWORD,
    ALICE,
    AUTHS,
    BASE,
    BOB,
    CAROL,
    DAVE,
    MARK,
    PASSWORD,
    create_log,
    create_users,
    delete_users,
    ident,
    start_maeser,
)

UNKNOWN = f"unknown-{MARK}"
BRANCH = f"branch-{MARK}"


def check_anonymous(caller):
    """Sends requests without a session."""
    for method, path in [
        ("POST", "/users/api"),
        ("GET", "/users"),
        ("GET", "/logs"),
        ("GET", "/logs?branch=a&order=asc"),
        ("GET", "/logs/branch/file.log"),
        ("GET", "/get_requests_remaining"),
        ("GET", "/logout"),
        ("GET", "/"),
        ("GET", "/login"),
        ("GET", "/nothing/here"),
        ("GET", "/users/api"),
        ("PUT", "/login"),
    ]:
        caller.ask(f"{method} {path} without a session", method, path)


def check_login(new):
    """Sends wrong and right data of the login, each time without a session."""
    caller = new()
    fields = ["password", "username"]
    invalid = {"message": ["Invalid Authentication Method in Request"], "fields": fields}
    for auth, differs in [
        ("invalid", None),
        ("nowhere", {"status": (500, 200), "texts": (FAILURE, invalid)}),
        ("", {"status": (500, 200), "texts": (FAILURE, invalid)}),
    ]:
        caller.log_in(f"login with the authenticator {auth!r}", auth, ALICE, PASSWORD, differs)
    caller.ask("login without fields", "POST", "/login", data={})
    caller.ask("login without a password", "POST", "/login", data={"authvalidator": "github", "username": ALICE})
    caller.log_in("login with a wrong password", "github", ALICE, "wrong")
    caller.log_in("login of an unknown user", "github", UNKNOWN, PASSWORD)
    shown = {"message": ["Hello"], "fields": fields}
    caller.ask("text in the link", "GET", "/login?message=Hello", {"texts": (shown, {"fields": fields})})
    for target in ["/users", "/logs?order=asc", "//example.org/", "https://example.org/", ""]:
        path = f"/login?next={quote(target, safe='')}"
        new().log_in(f"login that leads to {target!r}", "rollcall", ADMIN, ADMIN_PASSWORD, path=path)
    relative = {"location": ("users", "/")}
    new().log_in("login that leads to 'users'", "rollcall", ADMIN, ADMIN_PASSWORD, relative, "/login?next=users")
    caller.log_in("login", "rollcall", ADMIN, ADMIN_PASSWORD)
    caller.ask("login page with a session", "GET", "/login?next=%2Fusers")
    caller.log_in("login with a session", "rollcall", ADMIN, "wrong")
    caller.ask("logout", "GET", "/logout")
    caller.ask("request after the logout", "GET", "/get_requests_remaining")


def check_lists(admin):
    """Fetches users, and lists them with filters."""
    for name in [*AUTHS, ALICE, UNKNOWN]:
        admin.command(f"fetch of {name}", "fetch-user", **ident(name))
    not_alphanumeric = "Authenticator names must be alphanumeric."
    for filters, differs in [
        ({}, None),
        ({"auth-filter": "all"}, None),
        ({"auth-filter": "github"}, None),
        ({"auth-filter": "former"}, None),
        ({"auth-filter": "nowhere"}, accepted([])),
        ({"auth-filter": "a.b"}, denied(f"Invalid authenticator name: a.b. {not_alphanumeric}")),
        ({"auth-filter": ""}, denied(f"Invalid authenticator name: . {not_alphanumeric}")),
        ({"auth-filter": 1}, denied("Invalid auth_filter value: 1")),
        ({"auth-filter": None}, None),
        ({"admin-filter": "admin"}, None),
        ({"admin-filter": "non-admin", "banned-filter": "non-banned"}, None),
        ({"admin-filter": "Admin"}, denied("Invalid admin_filter value: Admin")),
        ({"banned-filter": "banned"}, None),
        ({"banned-filter": "Banned"}, denied("Invalid banned_filter value: Banned")),
    ]:
        admin.command(f"list with {filters}", "list-users", differs, **filters)
    for auth in ["github", "ldap", "former", "GitHub", ""]:
        admin.command(f"check of the authenticator {auth!r}", "check-user-auth", user_auth=auth)
    admin.command("check of no authenticator", "check-user-auth")


def check_errors(admin):
    """Sends commands that lack something, or are about users who do not exist."""
    values = {"new_status": True, "action": "add"}
    for kind in ["toggle-admin", "toggle-ban", "update-requests", "remove-user", "fetch-user"]:
        for what, auth, fields in [
            ("nothing", "", {}),
            ("an id", "", {"user_id": ALICE}),
            ("a former authenticator", "former", {"user_auth": "former", "user_id": ALICE}),
            ("an authenticator that is no name", "a.b", {"user_auth": "a.b", "user_id": ALICE}),
        ]:
            admin.command(f"{kind} with {what}", kind, unregistered(auth), **values, **fields)
        for name in ["", UNKNOWN]:
            admin.command(f"{kind} of the user {name!r}", kind, **values, **ident(name))
        admin.command(f"{kind} without an id", kind, **values, user_auth="github")
    for fields, differs in [
        ({}, None),
        ({"user_auth": "github"}, None),
        ({"user_id": ALICE}, None),
        (ident(""), None),
        (ident(UNKNOWN), not_found("github", UNKNOWN)),
        ({"user_auth": "former", "user_id": ALICE}, not_found("former", ALICE)),
        ({"user_auth": "nowhere", "user_id": ALICE}, not_found("nowhere", ALICE)),
        ({"user_auth": "a.b", "user_id": ALICE}, not_found("a.b", ALICE)),
    ]:
        admin.command(f"get of {fields}", "get-user", differs, **fields)
    alice = ident(ALICE)
    for kind, becomes in [("toggle-admin", "an admin"), ("toggle-ban", "banned")]:
        admin.command(f"{kind} without a status", kind, **alice)
        admin.command(f"{kind} with null", kind, **alice, new_status=None)
        made = stricter({"response": f"Made github.{ALICE} {becomes}"}, "new_status must be true or false")
        admin.command(f"{kind} with a text", kind, made, **alice, new_status="yes")
        admin.command(f"{kind} with false", kind, **alice, new_status=False)
    admin.command("requests without an action", "update-requests", **alice)
    for action in [None, "", "more", 1, '"<b>']:
        admin.command(f"requests with {action!r}", "update-requests", **alice, action=action)
    for auth, differs in [
        ("former", None),
        ("nowhere", accepted({"response": f"Removed nowhere.{UNKNOWN} from the cache"})),
    ]:
        fields = {"user_auth": auth, "user_id": UNKNOWN, "force_remove": True}
        admin.command(f"removal by force from {auth}", "remove-user", differs, **fields)


def check_bodies(admin):
    """Sends bodies that are no commands."""
    for kind in ["nope", "", None, 1]:
        admin.command(f"the command {kind!r}", kind)
    no_type = denied('Invalid command type was given: "None"')
    for body, kind, differs in [
        ("{}", JSON, None),
        ("{}", "text/plain", None),
        ("type=list-users", "application/x-www-form-urlencoded", None),
        ("", JSON, None),
        ("{", JSON, None),
        ("null", JSON, None),
        ("[]", JSON, no_type),
        ("7", JSON, no_type),
    ]:
        headers = {"Content-Type": kind}
        admin.ask(f"body {body!r} of {kind}", "POST", "/users/api", differs, data=body, headers=headers)


def check_changes(new, admin):
    """Changes users, and sends requests of theirs."""
    carol, known = new(), ident(CAROL)
    carol.log_in("login of a user", "github", CAROL, PASSWORD)
    for method, path in [("GET", "/users"), ("POST", "/users/api"), ("GET", "/logs"), ("GET", "/logs/a/b")]:
        carol.ask(f"{method} {path} of a user", method, path)
    for action in ["add", "remove", "remove", "remove", "remove", "remove", "remove", "add"]:
        admin.command(f"{action} a request", "update-requests", **known, action=action)
        admin.command("user with these requests", "get-user", **known)
        carol.ask("requests that are left", "GET", "/get_requests_remaining")
    for status in [True, True, False]:
        admin.command(f"admin: {status}", "toggle-admin", **ident(DAVE), new_status=status)
        admin.command("user after that", "get-user", **ident(DAVE))
        admin.command("admins after that", "list-users", **{"admin-filter": "admin"})
    for status in [True, True]:
        admin.command(f"ban: {status}", "toggle-ban", **known, new_status=status)
        admin.command("banned user", "get-user", **known)
    admin.command("banned users", "list-users", **{"banned-filter": "banned"})
    admin.command("users who can be removed during the ban", "list-users", **{"banned-filter": "non-banned"})
    carol.ask("session of a banned user", "GET", "/get_requests_remaining")
    carol.log_in("login of a banned user", "github", CAROL, PASSWORD)
    carol.log_in("login of a banned user with a wrong password", "github", CAROL, "wrong")
    admin.command("end of the ban", "toggle-ban", **known, new_status=False)
    carol = new()
    carol.log_in("login after the ban", "github", CAROL, PASSWORD)
    admin.command("removal", "remove-user", **known)
    admin.command("removed user", "get-user", not_found("github", CAROL), **known)
    admin.command("list without the removed user", "list-users", **{"auth-filter": "github"})
    carol.ask("session of a removed user", "GET", "/get_requests_remaining")
    admin.command("another removal", "remove-user", **known)


def check_pages(admin, ids):
    """Opens the page of the users, and logs."""
    admin.ask("page of the users", "GET", "/users")
    create_log(ids, ALICE, f"{BRANCH}-a", 7, True)
    create_log(ids, BOB, f"{BRANCH}-b", 5, False)
    ours = {"tokens": ["Total Tokens: 12"], "cost": [0.5], "logs": [f"{BRANCH}-b", f"{BRANCH}-a"]}
    for query, differs in [
        (f"branch={BRANCH}", None),
        (f"branch={BRANCH.upper()}-A", None),
        (f"branch={BRANCH}&sort_by=modified&order=asc", None),
        (f"branch={BRANCH}&sort_by=modified&order=desc", None),
        (f"branch={BRANCH}&user=github.{ALICE}", None),
        (f"branch={BRANCH}&user=github.{UNKNOWN}", None),
        (f"branch={BRANCH}&feedback=true", None),
        (f"branch={BRANCH}&feedback=false", None),
        (f"branch=none-{MARK}", None),
        (f"branch={BRANCH}&sort_by=size", {"status": (500, 200), "texts": (FAILURE, ours)}),
    ]:
        admin.ask(f"logs with {query}", "GET", f"/logs?{query}", differs)
    admin.ask("log", "GET", f"/logs/{BRANCH}-a/{ALICE}.log")
    admin.ask("unknown log", "GET", f"/logs/{BRANCH}-a/none.log")
    admin.ask("log of another branch", "GET", f"/logs/{BRANCH}-b/{ALICE}.log")


def check_cleaning(admin):
    """Removes the users who are neither admins nor banned. In Rollcall those without an identity stay."""
    identified = [f"github:{ALICE}", f"ldap:{BOB}"]
    own = [*identified, f"rollcall:{DAVE}"]
    admin.command("users that a cleaning removes", "list-cleanables", {"json": (own, identified)})
    admin.command("cleaning", "clean-cache")
    admin.command("users that another cleaning removes", "list-cleanables")
    for auth in ["github", "ldap"]:
        admin.command(f"users of {auth} after the cleaning", "list-users", **{"auth-filter": auth})


def main():
    """Runs all checks."""
    checks, ids = Checks(), {}
    process, maeser = start_maeser()

    def new():
        return Caller(checks, [maeser, BASE], AUTHS)

    try:
        create_users(ids)
        check_anonymous(new())
        check_login(new)
        admin = new()
        admin.log_in("login of the administrator", "rollcall", ADMIN, ADMIN_PASSWORD)
        check_lists(admin)
        check_errors(admin)
        check_bodies(admin)
        check_changes(new, admin)
        check_pages(admin, ids)
        check_cleaning(admin)
    finally:
        process.terminate()
        process.wait()
        delete_users(ids)
    sys.exit(checks.failed)


main()
