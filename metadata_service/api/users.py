"""People, and what they follow, own and read."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint, Kind, author_of
from metadata_service.api.resources import FOLLOWABLE
from metadata_service.catalog import labels, people, related
from metadata_service.store.mutations import NodeRef
from schemas.errors import InvalidBody, NotFound
from schemas.wire import replies, requests


class User(GraphEndpoint):
    @operation(replies.User, NotFound)
    def get(self, call: Call) -> Answer:
        """Return a person."""
        return people.get_user(self.store, call.path["user"], self.settings.user_other_keys)


class Users(GraphEndpoint):
    @operation(replies.User, many=True)
    def get(self, call: Call) -> Answer:
        """Return everybody who is active, as a list."""
        return people.list_users(self.store, self.settings.user_other_keys)

    @operation(replies.User, body=requests.UserBody, statuses=(200, 201))
    def put(self, call: Call) -> Answer:
        """Create (201) or update (200) a person; what is not given is left as it is."""
        given = {name: value for name, value in call.body.items() if value is not None}
        other = given.pop("other_key_values")
        unknown = [name for name in other if name not in self.settings.user_other_keys]
        if unknown:
            known = ", ".join(self.settings.user_other_keys)
            raise InvalidBody(f"other_key_values.{unknown[0]}: is not configured; user_other_keys has {known}.")
        user, created = people.put_user(self.store, given, other, author_of(call))
        return user, 201 if created else 200


class Follow(GraphEndpoint):
    @operation(replies.UserResources, NotFound, query=requests.UserResourcesParameters)
    def get(self, call: Call) -> Answer:
        """Return the tables and dashboards somebody follows; features where `types` asks for them."""
        return _resources(self, call, related.FOLLOW)


class Own(GraphEndpoint):
    @operation(replies.UserResources, NotFound, query=requests.UserResourcesParameters)
    def get(self, call: Call) -> Answer:
        """Return the tables and dashboards somebody owns; features where `types` asks for them."""
        return _resources(self, call, related.OWN)


class Read(GraphEndpoint):
    @operation(replies.UserReads, NotFound, query=requests.UserReadsParameters)
    def get(self, call: Call) -> Answer:
        """Return the tables somebody reads most; dashboards and features where `types` asks for them."""
        return {"table": [], **related.list_read(self.store, call.path["user"], call.query["types"])}


class FollowResource(GraphEndpoint):
    @operation(replies.Message, NotFound)
    def put(self, call: Call) -> Answer:
        """Bookmark a table, dashboard or feature; a person the catalogue does not know yet is created."""
        ref = _followed(call)
        labels.put_person(self.store, ref, related.FOLLOW, call.path["user"], author_of(call))
        what = f"The user {call.path['user']} for id {ref.key} resource type {call.path['kind']}"
        return {"message": f"{what} is added successfully"}

    @operation(replies.Message, NotFound)
    def delete(self, call: Call) -> Answer:
        """Take a bookmark away. Idempotent."""
        ref = _followed(call)
        labels.remove_person(self.store, ref, related.FOLLOW, call.path["user"], author_of(call))
        what = f"The user following {call.path['user']} for id {ref.key} resource type {call.path['kind']}"
        return {"message": f"{what} is deleted successfully"}


class OwnResource(GraphEndpoint):
    @operation(replies.Message, NotFound)
    def put(self, call: Call) -> Answer:
        """Make somebody an owner of a table, dashboard or feature."""
        ref = _followed(call)
        labels.put_person(self.store, ref, related.OWN, call.path["user"], author_of(call))
        return self._message(call, "added")

    @operation(replies.Message, NotFound)
    def delete(self, call: Call) -> Answer:
        """Take an owner off. Idempotent."""
        ref = _followed(call)
        labels.remove_person(self.store, ref, related.OWN, call.path["user"], author_of(call))
        return self._message(call, "deleted")

    def _message(self, call: Call, done: str) -> Answer:
        what = f"The owner {call.path['user']} for {_kind(call).key_name} {call.path['key']}"
        return {"message": f"{what} is {done} successfully"}


def _kind(call: Call) -> Kind:
    kind = FOLLOWABLE.get(call.path["kind"].lower())
    if kind is None:
        raise NotFound(f"resource type {call.path['kind']} is none of {', '.join(FOLLOWABLE)}")
    return kind


def _followed(call: Call) -> NodeRef:
    return _kind(call).ref(call.path)


def _resources(endpoint: GraphEndpoint, call: Call, relation: str) -> Answer:
    """Answer with the keys that Amundsen's clients know, and with no other that is not asked for."""
    found = related.list_resources(endpoint.store, call.path["user"], relation, call.query["types"])
    return {"table": [], "dashboard": [], **found}
