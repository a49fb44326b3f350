"""Health."""

from http_service.operation import Answer, Call, operation
from schemas.errors import IndexUnavailable
from schemas.wire import replies
from search_service.api.endpoint import IndexEndpoint


class HealthCheck(IndexEndpoint):
    @operation(replies.HealthCheck)
    def get(self, call: Call) -> Answer:
        """Say whether the index answers; 503 when it does not."""
        name = f"{type(self.index).__name__}:connection"
        try:
            health = self.index.health()
        except IndexUnavailable as error:
            return {"status": "fail", "checks": {name: {"message": error.message}}}, 503
        return {"status": "ok", "checks": {name: {"index": health.index, **health.details}}}
