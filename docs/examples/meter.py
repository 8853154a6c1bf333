#!/usr/bin/env python3
"""Meters a chat service with Rollcall: limits before an answer, tokens and cost after it.

Reads lines "USER_ID TEXT" from standard input, and prints a JSON object for each. Needs only the standard library, and

    ROLLCALL_URL     address of Rollcall, such as https://users.example.org
    ROLLCALL_TOKEN   access token with the scope limits:consume, of a user with the role application
    METER_OUTBOX     file of what was used and is not reported yet; meter-outbox.jsonl in the current folder by default

If the program is stopped, a reservation ends by itself, and each use has an id, so that it can be reported
again and counts once.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from decimal import Decimal

PRICES = {"small": (Decimal("0.0000001"), Decimal("0.0000004")), "large": (Decimal("0.000003"), Decimal("0.000015"))}
ATTEMPTS = 5


class Denied(Exception):
    """A limit denies the use: `limit` is what is left of it, `retry_after` the number of seconds, or None. Without `limit`, the model is
    not one that the user can use."""

    def __init__(self, message, limit, retry_after):
        super().__init__(message)
        self.limit = limit
        self.retry_after = retry_after


class Conflict(Exception):
    """What is stored contradicts the request."""


class Unreachable(Exception):
    """Rollcall could not be reached, or could not reach its database."""


class Meter:
    def __init__(self, url, token, outbox):
        self.url = url.rstrip("/")
        self.token = token
        self.outbox = outbox

    def post(self, path, body):
        """Sends a request, again after failures that pass: every use has an id, so it counts once."""
        for attempt in range(ATTEMPTS):
            request = urllib.request.Request(
                self.url + path,
                data=json.dumps(body).encode(),
                headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            )
            wait = 0.2 * 2**attempt
            try:
                with urllib.request.urlopen(request, timeout=10) as response:
                    return json.load(response)
            except urllib.error.HTTPError as error:
                problem = json.load(error)
                details = problem.get("details", {})
                if error.code == 429 and "limit" in details:
                    raise Denied(problem["message"], details["limit"], details.get("retryAfter")) from None
                if problem.get("error") == "MODEL_NOT_ALLOWED":
                    raise Denied(problem["message"], None, None) from None
                if error.code == 409:
                    raise Conflict(problem["message"]) from None
                if error.code not in (429, 503):
                    raise RuntimeError(f"{error.code}: {problem['message']}") from None
                wait = details.get("retryAfter", wait)
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                pass
            time.sleep(wait)
        raise Unreachable(f"no answer from {self.url}")

    def report(self, event):
        """Stores what was used, reports it, and forgets it when Rollcall has it."""
        with open(self.outbox, "a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.send_outbox()

    def send_outbox(self):
        """Reports what is stored, also what an earlier run of this program has left."""
        if not os.path.exists(self.outbox):
            return
        with open(self.outbox, encoding="utf-8") as file:
            events = [json.loads(line) for line in file if line.endswith("\n")]
        for start in range(0, len(events), 1000):
            answer = self.post("/api/usage", {"events": events[start : start + 1000]})
            for rejected in answer["rejected"]:
                print(f"not counted: {rejected['field']}: {rejected['message']}", file=sys.stderr)
        os.remove(self.outbox)

    def reserve(self, use):
        """Reserves a use. Returns the ids of its event and of its lease. If the answer comes after so many attempts that the lease of the
        first one has ended, another event is reserved."""
        for is_last in (False, True):
            event = str(uuid.uuid4())
            try:
                return event, self.post("/api/limits/reserve", {**use, "eventId": event})["lease"]
            except Conflict:
                if is_last:
                    raise

    def chat(self, user, text, model="small"):
        """Answers a text, if the limits of the user permit it."""
        price_in, price_out = PRICES[model]
        tokens = len(text.split())
        estimate = tokens * price_in + 500 * price_out
        event, lease = self.reserve({
            "user": user, "model": model, "tokens": tokens + 500, "cost": f"{estimate:f}", "seconds": 60,
        })
        try:
            answer = complete(text)
        except Exception:
            self.post("/api/limits/release", {"lease": lease})
            raise
        used = {"tokensIn": tokens, "tokensOut": len(answer.split())}
        used["cost"] = f"{used['tokensIn'] * price_in + used['tokensOut'] * price_out:f}"
        try:
            self.post("/api/limits/settle", {"lease": lease, **used})
        except Unreachable:
            # The event has the id of the lease: whichever arrives first counts.
            self.report({"user": user, "model": model, "eventId": event, **used})
        return {"answer": answer, **used}


def complete(text):
    """Stands for the call of a model."""
    return f"You said: {text}"


def main():
    outbox = os.environ.get("METER_OUTBOX", "meter-outbox.jsonl")
    meter = Meter(os.environ["ROLLCALL_URL"], os.environ["ROLLCALL_TOKEN"], outbox)
    meter.send_outbox()
    for line in sys.stdin:
        user, _, text = line.strip().partition(" ")
        try:
            result = {"user": user, **meter.chat(user, text)}
        except Denied as denied:
            result = {
                "user": user, "denied": str(denied), "metric": denied.limit and denied.limit["metric"],
                "retryAfter": denied.retry_after,
            }
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
