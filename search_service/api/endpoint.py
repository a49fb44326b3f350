"""What the endpoints of the search service stand on: the index, and the kind of resource they are about, if any."""

from http_service.operation import Endpoint
from schemas.settings import Settings
from search_service.index.port import SearchIndex


class IndexEndpoint(Endpoint):
    """A route's methods over the index."""

    def __init__(self, settings: Settings, index: SearchIndex, kind: str = "") -> None:
        super().__init__(settings)
        self.index = index
        self.kind = kind
