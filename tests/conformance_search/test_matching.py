"""What is found by what is typed."""

import pytest
from entries import a_table, a_user, ask, fill, found, names

from schemas.errors import Invalid
from search_service.index.port import SearchIndex
from search_service.query import Filter

# What a table is called or says, what is typed, and whether it is found by that.
NAMES = [
    ("customer_order_items", "order", True),
    ("customer_order_items", "items customer", True),
    ("customerOrderItems", "order", True),
    ("CustomerOrderItems", "customerorderitems", True),
    ("HTTPServerLog", "server", True),
    ("HTTPServerLog", "http", True),
    ("userIDs", "ids", True),
    ("fct.orders.v2", "orders", True),
    ("ean13_codes", "ean13", True),
    ("ean13_codes", "ean", True),
    ("sales2024", "2024", True),
    ("sales2024", "2025", False),
    ("orders", "ORDERS", True),
    ("orders", "order", True),
    ("order", "orders", True),
    ("categories", "category", True),
    ("category", "categories", True),
    ("addresses", "address", True),
    ("address", "addresses", True),
    ("batches", "batch", True),
    ("statuses", "status", True),
    ("customers", "custmers", True),
    ("customers", "cutsomer", True),
    ("subscriptions", "subscriptoin", True),
    ("subscriptions", "subscirptons", True),
    ("payments", "paymnet", True),
    ("payments", "shipment", False),
    ("shipments", "ship", True),
    ("shipments", "xyz", False),
    ("order_id_map", "orderidmap", True),
    ("orderidmap", "order id map", True),
    ("고객_주문", "고객", True),
    ("고객주문내역", "주문", True),
    ("고객주문내역", "고객의 주문", True),
    ("고객주문내역", "매출", False),
    ("顧客注文", "注文", True),
    ("客户订单", "订单", True),
    ("客户订单", "单", True),
    ("売上データ", "データ", True),
    ("売上データ", "売上", True),
    ("ｶﾞｲﾄﾞ", "ガイド", True),
    ("café_receipts", "cafe", True),
    ("cafe_receipts", "café", True),
    ("Заказы_клиентов", "заказы", True),
    ("straße", "STRASSE", True),
    ("orders", "-items", True),
    ("orders", "orders -orders", False),
    ("orders", "!!! ???", False),
]


@pytest.mark.parametrize(("name", "typed", "is_found"), NAMES)
def test_a_name_is_found_as_it_is_typed(search_index: SearchIndex, name: str, typed: str, *, is_found: bool):
    fill(search_index, a_table(name))
    assert found(search_index, typed) == ({name} if is_found else set())


DESCRIBED = {
    "email": {"columns": ["contactEmail", "id"]},
    "says": {"description": "The contact's e-mail address, hashed nightly."},
    "pii": {"tags": ["pii", "customer data"]},
    "gold": {"badges": ["gold"]},
    "ada": {"owners": ["ada.lovelace@example.com"], "owner_names": ["Ada Lovelace"]},
    "mart": {"schema": "Marts", "column_descriptions": ["Net revenue in euro"]},
    "korean": {"description": "고객 번호와 주문 금액을 담고 있습니다."},
}
TYPED = [
    ("column:email", {"email"}),
    ("columns:contact", {"email"}),
    ("-column:email", set(DESCRIBED) - {"email"}),
    ("tag:pii", {"pii"}),
    ('tag:"customer data"', {"pii"}),
    ("badge:gold", {"gold"}),
    ("owner:ada", {"ada"}),
    ("owner:lovelace", {"ada"}),
    ("owner:ada.lovelace@example.com", {"ada"}),
    ("OWNER:Ada", {"ada"}),
    ("schema:mart*", {"mart"}),
    ("schema:MART?", {"mart"}),
    ("schema:mart?s", set()),
    ('"net revenue"', {"mart"}),
    ('"revenue net"', set()),
    ("net -euro", set()),
    ('-"net revenue" schema:marts', set()),
    ("hashed", {"says"}),
    ("hashed nightly", {"says"}),
    ("description:hashed", {"says"}),
    ("description:email", set()),
    ("고객", {"korean"}),
    ('"고객 번호"', {"korean"}),
    ("금액", {"korean"}),
    ("chart:x", set()),
    ("nosuchfield:hashed", {"says"}),
    ("database:hive", set(DESCRIBED)),
    ("database:hiv", set()),
    ("the of and", set()),
    ('""', set(DESCRIBED)),
    ("", set(DESCRIBED)),
]


@pytest.mark.parametrize(("typed", "expected"), TYPED)
def test_typed_text_finds(search_index: SearchIndex, typed: str, expected: set[str]):
    fill(search_index, *(a_table(name, **fields) for name, fields in DESCRIBED.items()))
    assert found(search_index, typed) == expected


FILTERS = [
    (Filter("tag", ("PII",)), {"pii"}),
    (Filter("tag", ("p*",)), {"pii"}),
    (Filter("tag", ("pii", "customer data"), every=True), {"pii"}),
    (Filter("tag", ("pii", "other"), every=True), set()),
    (Filter("tag", ("pii", "other")), {"pii"}),
    (Filter("tag", ("customer",)), set()),
    (Filter("table", ("*a*",)), {"email", "says", "ada", "mart", "korean"}),
    (Filter("schema", ("c?re",)), set(DESCRIBED) - {"mart"}),
    (Filter("schema", ("c.re",)), set()),
    (Filter("column", ("contactemail",)), {"email"}),
    (Filter("owner", ("ada lovelace",)), {"ada"}),
    (Filter("key", ("hive://gold.core/pii",)), {"pii"}),
    (Filter("resource_type", ("table",)), set(DESCRIBED)),
    (Filter("resource_type", ("user",)), set()),
    (Filter("group_name", ("x",)), set()),
    (Filter("tag", ()), set(DESCRIBED)),
]


@pytest.mark.parametrize(("wanted", "expected"), FILTERS)
def test_filters_compare_whole_values(search_index: SearchIndex, wanted: Filter, expected: set[str]):
    fill(search_index, *(a_table(name, **fields) for name, fields in DESCRIBED.items()))
    assert found(search_index, "", wanted) == expected


def test_filters_narrow_what_is_typed(search_index: SearchIndex):
    fill(search_index, a_table("orders", schema="raw"), a_table("orders_v2", schema="marts"))
    assert found(search_index, "orders", Filter("schema", ("marts",))) == {"orders_v2"}


@pytest.mark.parametrize("sign", [*r".+[](){}|^$\/&~#@<>!", "\\d", "a|b", "(.*)"])
def test_no_sign_but_two_is_special_in_a_filter(search_index: SearchIndex, sign: str):
    fill(search_index, a_table("signed", tags=[f"x{sign}y"]), a_table("plain", tags=["xzy"]))
    assert found(search_index, "", Filter("tag", (f"x{sign}*",))) == {"signed"}
    assert found(search_index, "", Filter("tag", (f"x{sign}y",))) == {"signed"}


@pytest.mark.parametrize("sort", ["spaceship", ""])
def test_an_unknown_kind_is_refused(search_index: SearchIndex, sort: str):
    with pytest.raises(Invalid, match="invalid resource"):
        ask(search_index, "x", kind=sort)


def test_an_unknown_filter_is_refused(search_index: SearchIndex):
    with pytest.raises(Invalid, match="colour"):
        ask(search_index, "", Filter("colour", ("red",)))


def test_an_unknown_facet_is_refused(search_index: SearchIndex):
    with pytest.raises(Invalid, match="colour"):
        ask(search_index, "", facets=["colour"])


@pytest.mark.parametrize("typed", ["ada", "lovelace", "Ada Lovelace", "ada.lovelace@example.com", "lovelce", "ada.l"])
def test_people_are_found_by_their_names_and_addresses(search_index: SearchIndex, typed: str):
    fill(
        search_index,
        a_user("ada.lovelace@example.com", name="Ada Lovelace", first_name="Ada", last_name="Lovelace"),
        a_user("grace@example.org", name="Grace Hopper"),
    )
    assert names(ask(search_index, typed, kind="user"))[0] == "Ada Lovelace"


@pytest.mark.parametrize("typed", ["민준", "최민준", "최"])
def test_people_are_found_in_their_own_script(search_index: SearchIndex, typed: str):
    fill(search_index, a_user("minjun@example.com", name="최민준", first_name="민준", last_name="최"))
    assert found(search_index, typed, kind="user") == {"최민준"}


@pytest.mark.parametrize("pattern", ["a" * 201 + "*", "*a" * 11, "a" + "?" * 11], ids=["long", "stars", "single"])
def test_too_much_of_a_pattern_is_invalid(search_index: SearchIndex, pattern: str):
    with pytest.raises(Invalid, match="pattern"):
        ask(search_index, "", Filter("name", (pattern,)))
    with pytest.raises(Invalid, match="pattern"):
        ask(search_index, f"column:{pattern}")


def test_as_much_of_a_pattern_as_there_may_be_is_understood(search_index: SearchIndex):
    fill(search_index, a_table("ab" * 95))
    pattern = "ab*" * 10 + "ab" * 85
    assert found(search_index, "", Filter("name", (pattern,))) == {"ab" * 95}
    assert found(search_index, "", Filter("name", tuple(f"x{n}*" for n in range(100)))) == set()
    with pytest.raises(Invalid, match="101 patterns"):
        ask(search_index, "", Filter("name", tuple(f"x{n}*" for n in range(101))))
