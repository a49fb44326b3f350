"""What every error reply owes its caller, of whichever service."""

from werkzeug.test import TestResponse


def check(reply: TestResponse, status: int, code: str, part: str) -> None:
    """Hold a reply to its status, its code, a part of its message, and the shape that all have."""
    assert reply.status_code == status, reply.text
    assert reply.mimetype == "application/json"
    assert set(reply.json) == {"message", "code", "request_id"}
    assert reply.json["code"] == code
    assert part in reply.json["message"]
    assert reply.json["request_id"] == reply.headers["X-Request-ID"]
