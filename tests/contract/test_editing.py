"""What people change over HTTP: it shows at once, it is recorded, and it takes what older clients send."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from catalogue import ADA, BOARD, BOB, FEATURE, ORDERS
from clients import client_of
from flask.testing import FlaskClient

from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore

AS_EVE = {"X-Fram-Actor": "eve"}


def test_description_is_replaced_and_removed(client: FlaskClient):
    path = f"/table/{ORDERS}/description"
    client.put(path, json={"description": "Neu: größer 주문 📦"})
    assert client.get(path).json == {"description": "Neu: größer 주문 📦"}
    client.put(path, json={"description": None})
    assert client.get(path).json == {"description": None}
    assert client.get(f"/table/{ORDERS}").json["description"] is None


def test_etag_of_the_answer_serves_the_next_edit(client: FlaskClient):
    path = f"/table/{ORDERS}/column/amount/description"
    tag = client.get(path).headers["ETag"]
    for text in ("one", "two", "three"):
        reply = client.put(path, json={"description": text}, headers={"If-Match": tag})
        assert reply.status_code == 200
        tag = reply.headers["ETag"]
    assert client.get(path).headers["ETag"] == tag


def test_if_match_guards_a_text_that_is_not_there_yet(client: FlaskClient):
    path = f"/feature/{FEATURE}/tag/x"
    client.put(path)
    path = "/table/hive://gold.core/bare/description"
    none = client.get(path).headers["ETag"]
    assert client.put(path, json={"description": "first"}, headers={"If-Match": none}).status_code == 200
    assert client.put(path, json={"description": "second"}, headers={"If-Match": none}).status_code == 412
    assert client.put(path, json={"description": "third"}, headers={"If-Match": "*"}).status_code == 200


def test_without_if_match_the_last_write_wins_and_both_are_recorded(client: FlaskClient):
    path = f"/table/{ORDERS}/description"
    client.put(path, json={"description": "by eve"}, headers=AS_EVE)
    client.put(path, json={"description": "by mallory"}, headers={"X-Fram-Actor": "mallory"})
    items = client.get(f"/table/{ORDERS}/history").json["items"]
    texts = [(item["actor"], item["before"], item["after"]) for item in items if item["property"] == "description"]
    assert sorted(texts) == [("eve", "Every order.", "by eve"), ("mallory", "by eve", "by mallory")]


def test_of_many_editors_with_one_etag_exactly_one_succeeds(store: GraphStore):
    path = f"/table/{ORDERS}/description"
    tag = client_of(store).get(path).headers["ETag"]
    editors = [client_of(store) for _ in range(8)]  # apps are made by one thread, as the processes that serve do

    def edit(number: int) -> int:
        return editors[number].put(path, json={"description": f"by {number}"}, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(len(editors)) as together:
        statuses = list(together.map(edit, range(len(editors))))
    assert sorted(statuses) == [200] + [412] * 7


@pytest.mark.parametrize(
    ("headers", "body"),
    [({}, b""), ({}, b"{}"), ({"Content-Type": "application/json"}, b""), ({"Content-Type": "text/plain"}, b"hello")],
    ids=["nothing", "object", "json without body", "text"],
)
def test_tag_is_added_whatever_older_clients_send(client: FlaskClient, headers: dict[str, str], body: bytes):
    reply = client.put(f"/table/{ORDERS}/tag/fresh", headers=headers, data=body)
    assert reply.json == {
        "message": f"The tag fresh for id {ORDERS} with type default and resource_type Table is added successfully"
    }
    assert "fresh" in [tag["tag_name"] for tag in client.get(f"/table/{ORDERS}").json["tags"]]
    assert client.get(f"/table/{ORDERS}/lineage", headers=headers, data=body).status_code == 200
    gone = client.delete(f"/table/{ORDERS}/tag/fresh", headers=headers, data=body)
    assert gone.json["message"].endswith("is deleted successfully")
    assert client.delete(f"/table/{ORDERS}/tag/fresh").status_code == 200
    assert "fresh" not in [tag["tag_name"] for tag in client.get(f"/table/{ORDERS}").json["tags"]]


def test_parameters_may_come_as_a_json_body(client: FlaskClient):
    assert client.put(f"/table/{ORDERS}/badge/new", json={"category": "c"}).status_code == 200
    assert {"badge_name": "new", "category": "c"} in client.get("/badges/").json["badges"]


def test_tag_that_exists_keeps_its_type_unless_one_is_given(client: FlaskClient):
    client.put(f"/dashboard/{BOARD}/tag/hidden")
    assert "hidden" not in [tag["tag_name"] for tag in client.get(f"/table/{ORDERS}").json["tags"]]
    client.put(f"/dashboard/{BOARD}/tag/hidden?tag_type=default")
    assert "hidden" in [tag["tag_name"] for tag in client.get(f"/table/{ORDERS}").json["tags"]]


def test_tag_written_the_other_way_round_is_taken_off_too(client: FlaskClient):
    client.delete(f"/dashboard/{BOARD}/tag/board")
    assert client.get(f"/dashboard/{BOARD}").json["tags"] == []


def test_owner_unknown_so_far_is_created(client: FlaskClient):
    reply = client.put(f"/table/{ORDERS}/owner/new@example.com")
    assert reply.json == {"message": f"The owner new@example.com for table_uri {ORDERS} is added successfully"}
    assert client.get("/user/new@example.com").json["email"] == "new@example.com"
    assert client.delete(f"/table/{ORDERS}/owner/new@example.com").json["message"].endswith("is deleted successfully")
    assert [owner["email"] for owner in client.get(f"/table/{ORDERS}").json["owners"]] == [ADA]
    feature = client.put(f"/feature/{FEATURE}/owner/{ADA}").json
    assert feature == {"message": f"The owner {ADA} for feature_uri {FEATURE} was added successfully"}


def test_bookmarks_come_and_go(client: FlaskClient):
    path = f"/user/{BOB}/follow"
    assert client.put(f"{path}/table/{ORDERS}").json == {
        "message": f"The user {BOB} for id {ORDERS} resource type table is added successfully"
    }
    client.put(f"{path}/dashboard/{BOARD}")
    followed = client.get(f"{path}/").json
    assert [table["name"] for table in followed["table"]] == ["orders"]
    assert [board["uri"] for board in followed["dashboard"]] == [BOARD]
    assert client.delete(f"{path}/table/{ORDERS}").json == {
        "message": f"The user following {BOB} for id {ORDERS} resource type table is deleted successfully"
    }
    assert client.get(f"{path}/").json["table"] == []


def test_user_is_created_updated_and_never_emptied(client: FlaskClient):
    created = client.put("/user", json={"email": "dee@example.com", "first_name": "Dee", "last_name": "Dum"})
    assert (created.status_code, created.json["full_name"], created.json["user_id"]) == (
        201,
        "Dee Dum",
        "dee@example.com",
    )
    updated = client.put("/user", json={"email": "dee@example.com", "team_name": "Ops", "is_active": False})
    assert (updated.status_code, updated.json["full_name"], updated.json["team_name"]) == (200, "Dee Dum", "Ops")
    assert "dee@example.com" not in [user["email"] for user in client.get("/user").json]
    extra = client.put("/user", json={"email": "dee@example.com", "other_key_values": {"mode_user_id": "d"}})
    assert extra.json["other_key_values"] == {"mode_user_id": "d"}


def test_what_people_wrote_survives_the_source(client: FlaskClient, store: GraphStore):
    client.put(f"/table/{ORDERS}/description", json={"description": "mine"})
    client.delete(f"/table/{ORDERS}/tag/money")
    table, tag = NodeRef("Table", ORDERS), NodeRef("Tag", "money")
    text = PutNode(NodeRef("Description", f"{ORDERS}/_description"), {"description": "the source's"})
    again = PutEdge(EdgeRef("TAGGED_BY", table, tag))
    store.apply(Batch((text, again), Authority.SOURCE, source="nightly"))
    read = client.get(f"/table/{ORDERS}").json
    assert (read["description"], read["tags"]) == ("mine", [])
