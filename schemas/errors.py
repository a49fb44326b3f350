"""Every error Fram raises on purpose, as one tree.

FramError                     500 internal_error
├── Invalid                   400 invalid             what was asked makes no sense as it stands
│   ├── InvalidKey            400 invalid_key         a key does not follow its grammar
│   ├── InvalidBody           400 invalid_body        a request body is missing, malformed or has a bad field
│   ├── InvalidParameter      400 invalid_parameter   a query parameter is missing or bad
│   ├── InvalidSetting        400 invalid_setting     a setting is unknown or bad (start-up)
│   └── InvalidSource         400 invalid_source      files offered for ingestion cannot be read as offered
├── Forbidden                 403 forbidden           another web site may not write in its visitor's name
├── NotFound                  404 not_found           no such entity
├── NotAcceptable             406 not_acceptable      the operation does not fit this kind of value
├── Conflict                  409 conflict            the state of the graph forbids it
│   ├── EditConflict          412 edit_conflict       somebody else changed the text since it was read (If-Match)
│   └── RebuildRefused        409 rebuild_refused     a new search index is empty, partial or failed; not swapped in
├── TooLarge                  413 too_large           a body or a value is over its limit
├── StoreUnavailable          503 store_unavailable   a dependency is down or busy; trying again may help
├── IndexUnavailable          503 index_unavailable   the search index is down, read-only or held by another writer
├── ServiceUnavailable        503 service_unavailable a service behind the web page does not answer
└── SourceUnavailable         503 source_unavailable  a system that is read from does not answer

`code` is stable and machine-readable, `status` is the HTTP status, `retryable` says whether the same
call may succeed later. A message is one clear sentence that names the field, key or line.
"""

from typing import ClassVar


class FramError(Exception):
    """Root of the tree; carries the sentence shown to the caller."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(FramError):
    """What was asked makes no sense as it stands."""

    code = "invalid"
    status = 400


class InvalidKey(Invalid):
    """A key does not follow its grammar."""

    code = "invalid_key"


class InvalidBody(Invalid):
    """A request body is missing, malformed or has a bad field."""

    code = "invalid_body"


class InvalidParameter(Invalid):
    """A query parameter is missing or bad."""

    code = "invalid_parameter"


class InvalidSetting(Invalid):
    """A setting is unknown or bad."""

    code = "invalid_setting"


class InvalidSource(Invalid):
    """Files offered for ingestion cannot be read as offered."""

    code = "invalid_source"


class Forbidden(FramError):
    """Another web site may not write in its visitor's name."""

    code = "forbidden"
    status = 403


class NotFound(FramError):
    """No such entity."""

    code = "not_found"
    status = 404


class NotAcceptable(FramError):
    """The operation does not fit this kind of value."""

    code = "not_acceptable"
    status = 406


class Conflict(FramError):
    """The state of the graph forbids it."""

    code = "conflict"
    status = 409


class EditConflict(Conflict):
    """Somebody else changed the text since it was read."""

    code = "edit_conflict"
    status = 412


class RebuildRefused(Conflict):
    """A new search index is empty, partial or failed; it is not swapped in."""

    code = "rebuild_refused"


class TooLarge(FramError):
    """A body or a value is over its limit."""

    code = "too_large"
    status = 413


class StoreUnavailable(FramError):
    """A dependency is down or busy; trying again may help."""

    code = "store_unavailable"
    status = 503
    retryable = True


class IndexUnavailable(FramError):
    """The search index is down, read-only or held by another writer; trying again may help."""

    code = "index_unavailable"
    status = 503
    retryable = True


class ServiceUnavailable(FramError):
    """A service behind the web page does not answer; trying again may help."""

    code = "service_unavailable"
    status = 503
    retryable = True


class SourceUnavailable(FramError):
    """A system that is read from does not answer; trying again may help."""

    code = "source_unavailable"
    status = 503
    retryable = True
