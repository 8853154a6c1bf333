"""The users of a run, in Maeser and in Rollcall."""

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

from compare import session

OUT = Path(os.environ["OUT"]) / "maeser"
BASE = os.environ["BASE_URL"]
PANEL = os.environ["PANEL_URL"]
MARK = uuid.uuid4().hex[:8]
ADMIN = os.environ["ADMIN_USERNAME"]
ADMIN_PASSWORD = os.environ["ADMIN_PASSWORD"]
PASSWORD = f"password-{MARK}"
ALICE, BOB, CAROL, DAVE = (f"{name}-{MARK}" for name in ("alice", "bob", "carol", "dave"))
# Authenticators of the users. The identifier is the username.
AUTHS = {ALICE: "github", BOB: "ldap", CAROL: "github", DAVE: "rollcall"}
# Amount of requests of each user, as in app.py.
REQUESTS = 5
# Seconds between two refills: longer than a run.
REFILL = "drip:31536000"


def ident(name):
    """Returns the fields that name a user in a command."""
    return {"user_auth": AUTHS.get(name, "github"), "user_id": name}


def panel(method, path, body=None):
    """Calls the API of the panel."""
    headers = {"Authorization": f"Bearer {os.environ['ADMIN_TOKEN']}"}
    response = session().request(method, f"{PANEL}{path}", json=body, headers=headers, timeout=60)
    if not response.ok:
        raise RuntimeError(f"{method} {path}: {response.status_code} {response.text}")
    return response.json() if response.content else None


def start_maeser():
    """Starts Maeser's app with the users, and returns its process and its address."""
    OUT.mkdir()
    users = {"rollcall": {ADMIN: [ADMIN_PASSWORD, "Administrator", "admin"]}, "github": {}, "ldap": {}}
    for name, auth in AUTHS.items():
        users[auth][name] = [PASSWORD, f"Name of {name}", "user"]
    (OUT / "users.json").write_text(json.dumps(users))
    program = [sys.executable, str(Path(__file__).parent / "app.py"), str(OUT)]
    with (OUT / "log").open("w") as log:
        process = subprocess.Popen(program, cwd=OUT, stdout=subprocess.PIPE, stderr=log, text=True)
    for line in process.stdout:
        if line.startswith("PORT "):
            return process, f"http://127.0.0.1:{line.split()[1]}"
    raise RuntimeError((OUT / "log").read_text())


def create_users(ids):
    """Creates the users in Rollcall, each with a limit of requests, and adds their ids."""
    for name in AUTHS:
        draft = {"username": name, "displayName": f"Name of {name}", "password": PASSWORD}
        created = panel("POST", "/api/admin/users", draft)
        ids[name] = created.get("id") or created["user"]["id"]
        limit = {"subject": {"user": ids[name]}, "metric": "requests", "amount": REQUESTS, "period": REFILL}
        panel("PUT", "/api/admin/limits", limit)


def delete_users(ids):
    """Deletes the users in Rollcall."""
    for user in ids.values():
        panel("DELETE", f"/api/admin/users/{user}?permanent=true")


def create_log(ids, name, branch, tokens, liked):
    """Creates a conversation of two messages in both."""
    folder = OUT / "logs/chat_history" / branch
    folder.mkdir(parents=True)
    answer = {"role": "system", "content": "Answer", "cost": 0.25, "tokens_used": tokens, "execution_time": 1}
    if liked:
        answer["liked"] = True
    log = {
        "session_id": name,
        "user": f"{AUTHS[name]}.{name}",
        "real_name": name,
        "time": "",
        "branch": branch,
        "total_cost": 0.25,
        "total_tokens": tokens,
        "messages": [{"role": "user", "content": "Question"}, answer],
    }
    (folder / f"{name}.log").write_text(json.dumps(log))
    messages = [
        {"role": "user", "content": "Question"},
        {"role": "assistant", "content": "Answer", "tokens": tokens, "cost": "0.25"},
    ]
    draft = {
        "userId": ids[name],
        "branch": branch,
        "name": name,
        "externalId": f"{name}.log",
        "messages": messages,
    }
    created = panel("POST", "/api/conversations", draft)
    if liked:
        panel("POST", f"/api/conversations/{created['id']}/feedback", {"seq": 2, "rating": "like"})
