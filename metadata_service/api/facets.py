"""What several kinds of resources have alike: description, tags, badges, owners, lineage."""

from flask import request

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint, author_of
from metadata_service.catalog import descriptions, labels
from metadata_service.lineage.amundsen import get_lineage
from metadata_service.lineage.walk import Budget
from schemas.errors import Conflict, EditConflict, NotAcceptable, NotFound
from schemas.wire import replies, requests

ADDED, DELETED = "added", "deleted"


class Description(GraphEndpoint):
    @operation(replies.Description)
    def get(self, call: Call) -> Answer:
        """Return the description; null where there is none. The ETag is for `If-Match` when editing."""
        found = descriptions.find_description(self.store, self.kind.ref(call.path))
        return {"description": found.text}, 200, {"ETag": f'"{found.etag}"'}

    @operation(None, NotFound, EditConflict, body=requests.DescriptionBody)
    def put(self, call: Call) -> Answer:
        """Replace the description. With `If-Match`, only if nobody changed it since it was read."""
        tags = () if request.if_match.star_tag else tuple(request.if_match.as_set(include_weak=True))
        ref, text = self.kind.ref(call.path), call.body["description"]
        written = descriptions.put_description(self.store, ref, text, author_of(call), tags)
        return None, 200, {"ETag": f'"{written.etag}"'}


class Tag(GraphEndpoint):
    @operation(replies.Message, NotFound, NotAcceptable, Conflict, query=requests.TagParameters)
    def put(self, call: Call) -> Answer:
        """Put a tag on the resource."""
        ref, tag, kind = self.kind.ref(call.path), call.path["tag"], call.query["tag_type"]
        labels.check_tag_type(kind, tag, ref.label, ref.key, self._reserved())
        labels.put_tag(self.store, ref, tag, kind, author_of(call))
        return self._message(call, ADDED)

    @operation(replies.Message, Conflict, query=requests.TagParameters)
    def delete(self, call: Call) -> Answer:
        """Take a tag off the resource. Idempotent."""
        ref, tag, kind = self.kind.ref(call.path), call.path["tag"], call.query["tag_type"]
        if kind == "owner" and ref.label == "Feature":
            raise Conflict(f"The tag {tag} for id {ref.key} is not deleted because owner tags are not editable")
        labels.remove_tag(self.store, ref, tag, author_of(call))
        return self._message(call, DELETED)

    def _reserved(self) -> set[str]:
        return {badge.rpartition(":")[2] for badge in self.settings.badge_whitelist}

    def _message(self, call: Call, done: str) -> Answer:
        ref, kind = self.kind.ref(call.path), call.query["tag_type"] or labels.DEFAULT
        what = f"The tag {call.path['tag']} for id {ref.key} with type {kind}"
        return {"message": f"{what} and resource_type {ref.label} is {done} successfully"}


class Badge(GraphEndpoint):
    @operation(replies.Message, NotFound, query=requests.BadgeParameters)
    def put(self, call: Call) -> Answer:
        """Put a badge on the resource and give the badge its category."""
        ref, badge, category = self.kind.ref(call.path), call.path["badge"], call.query["category"]
        self._check(ref.key, badge, category)
        labels.put_badge(self.store, ref, badge, category, author_of(call))
        what = f"The badge {badge} with category {category}"
        return {"message": f"{what} was added successfully to resource with id {ref.key}"}

    @operation(replies.Message, query=requests.BadgeParameters)
    def delete(self, call: Call) -> Answer:
        """Take a badge off the resource. Idempotent."""
        ref, badge = self.kind.ref(call.path), call.path["badge"]
        labels.remove_badge(self.store, ref, badge, author_of(call))
        what = f"The badge {badge} with category {call.query['category']} for resource id {ref.key}"
        return {"message": f"{what} and resource_type {ref.label} was deleted successfully"}

    def _check(self, key: str, badge: str, category: str) -> None:
        refused = f"The badge {badge} with category {category} for resource id {key} is not added successfully because"
        if not category:
            raise NotFound(f"{refused} `category` parameter is required for badges")
        allowed = self.settings.badge_whitelist
        if allowed and badge not in allowed and f"{category}:{badge}" not in allowed:
            raise NotFound(f"{refused} this combination of values is not part of the whitelist")


class Owner(GraphEndpoint):
    @operation(replies.Message, NotFound)
    def put(self, call: Call) -> Answer:
        """Make somebody an owner; a person the catalogue does not know yet is created."""
        labels.put_person(self.store, self.kind.ref(call.path), "OWNER", call.path["owner"], author_of(call))
        return self._message(call, ADDED)

    @operation(replies.Message)
    def delete(self, call: Call) -> Answer:
        """Take an owner off. Idempotent."""
        labels.remove_person(self.store, self.kind.ref(call.path), "OWNER", call.path["owner"], author_of(call))
        return self._message(call, DELETED)

    def _message(self, call: Call, done: str) -> Answer:
        what = f"The owner {call.path['owner']} for {self.kind.key_name} {self.kind.ref(call.path).key}"
        return {"message": f"{what} {self.kind.done} {done} successfully"}


class Lineage(GraphEndpoint):
    @operation(replies.Lineage, NotFound, query=requests.LineageParameters)
    def get(self, call: Call) -> Answer:
        """Return what this is made from and what is made from it, breadth-first.

        A walk that its budget ended says so in the header `X-Fram-Complete: false`.
        """
        ref, direction = self.kind.ref(call.path), call.query["direction"]
        budget = Budget(call.query["depth"], self.settings.lineage_max_items)
        lineage, complete = get_lineage(self.store, ref, direction, budget)
        return lineage, 200, {"X-Fram-Complete": str(complete).lower()}
