"""Differences of docs/dialects/maeser.md: by the parts of a response, what Maeser answers and what Rollcall does."""

from compare import HTML, JSON

# Page of Maeser about a failure of the server.
FAILURE = {
    "error": [
        (
            "500 Internal Server Error",
            "Internal Server Error",
            "The server encountered an internal error and was unable to complete your request. Either the server is "
            "overloaded or there is an error in the application.",
        )
    ]
}


def denied(text, status="400 Bad Request"):
    """Returns the difference of a request with which Maeser fails, and which Rollcall denies with a text."""
    code, reason = status.split(" ", 1)
    return {"status": (500, int(code)), "texts": (FAILURE, {"error": [(status, reason, text)]})}


def not_found(auth, name):
    """Returns the difference of a user who is not found."""
    return denied(f"No user {auth}.{name}", "404 Not Found")


def unregistered(auth):
    """Returns the difference of an authenticator that is not registered."""
    return denied(
        f"Unsupported authentication method: {auth}. Authenticator is not registered to this user manager."
    )


def accepted(answer):
    """Returns the difference of a request with which Maeser fails, and which Rollcall answers."""
    return {"status": (500, 200), "type": (HTML, JSON), "texts": (FAILURE, None), "json": (None, answer)}


def stricter(answer, text):
    """Returns the difference of a value that Maeser accepts, and Rollcall denies with a text."""
    error = {"error": [("400 Bad Request", "Bad Request", text)]}
    return {"status": (200, 400), "type": (JSON, HTML), "json": (answer, None), "texts": (None, error)}
