"""Runs Maeser's own web app, from its package and unmodified, on a free port, which it prints.

The libraries of the language models are not installed: empty modules stand for them, and no route that is compared uses them. Users are
those of a file, as a directory server would know them: `{"github": {"alice": ["password", "Alice", "user"]}}`.
"""

import importlib.abc
import importlib.machinery
import json
import sys
import types
from pathlib import Path

# Beginnings of the names of modules that are not installed.
ABSENT = ("langchain", "langgraph", "openai", "tiktoken")
# Amount of requests of each user.
REQUESTS = 5
# Seconds between two refills: longer than a run.
INTERVAL = 31536000


class Empty(types.ModuleType):
    """A module in which each name is an empty class."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        # Maeser catches one of them as an exception.
        return type(name, (Exception,), {})


class EmptyModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds an empty module for each name of a library that is not installed."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.startswith(ABSENT):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return Empty(spec.name)

    def exec_module(self, module):
        """Leaves the module empty."""


sys.meta_path.insert(0, EmptyModules())

from flask import Flask
from maeser.chat.chat_logs import ChatLogsManager
from maeser.chat.chat_session_manager import ChatSessionManager
from maeser.flask_app.blueprints import AppManager
from maeser.user_manager import BaseAuthenticator, LoginStyle, User, UserManager
from werkzeug.serving import make_server


class Directory(BaseAuthenticator):
    """The users of an authenticator."""

    def __init__(self, name, users):
        self.name = name
        self.users = users

    def __str__(self):
        return self.name

    @property
    def style(self):
        return LoginStyle("person", "maeser.login")

    def authenticate(self, username, password):
        known = self.users.get(username)
        if known is None or known[0] != password:
            return None
        return username, known[1], known[2]

    def fetch_user(self, ident):
        known = self.users.get(ident)
        if known is None:
            return None
        return User(ident, realname=known[1], usergroup=known[2], authmethod=self.name, max_requests=REQUESTS)


def main():
    """Starts the app with a database in a folder. The first user of the file is an administrator."""
    folder = Path(sys.argv[1])
    directories = json.loads((folder / "users.json").read_text())
    manager = UserManager(str(folder / "users.db"), max_requests=REQUESTS, rate_limit_interval=INTERVAL)
    for name, users in directories.items():
        manager.register_authenticator(name, Directory(name, users))
    auth = next(iter(directories))
    admin = next(iter(directories[auth]))
    manager.fetch_user(auth, admin)
    manager.update_admin_status(auth, admin, True)
    # Users of an authenticator that was registered once.
    with manager.db_connection as database:
        manager._create_table(database, "former")
    sessions = ChatSessionManager(ChatLogsManager(str(folder / "logs")))
    app = AppManager(Flask("maeser"), "Maeser", "a key of this test", sessions, manager).add_flask_blueprint()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(f"PORT {server.server_port}", flush=True)
    server.serve_forever()


main()
