"""Every edit is found by search a moment later, and what it replaced no longer: real processes, real stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from deployments import ONE, THREE, Deployment, Programs, Stores, deployed, path_of, until
from small_catalogue import ANN, CUSTOMERS, ORDERS, load, remove
from store_pairs import PAIRS, empty_stores


@pytest.fixture(params=PAIRS)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with empty_stores(request.param, tmp_path) as stores:
        load(stores)
        yield stores


@pytest.mark.parametrize("programs", [ONE, THREE], ids=["one_process", "three_processes"])
def test_every_edit_is_found_and_what_it_replaced_is_not(stores: Stores, programs: Programs, tmp_path: Path):
    with deployed(stores, tmp_path, programs) as fram:
        sees(fram, "", {ORDERS.key, CUSTOMERS.key})
        edit_what_is_said_of_a_table(fram)
        rename_a_person(fram)
        remove_a_table(fram, stores)
        status = fram.await_state("in_step")
        assert (status["depth"], status["parked"], status["postponed"]) == (0, 0, [])


def edit_what_is_said_of_a_table(fram: Deployment) -> None:
    fram.edit(path_of("table", ORDERS.key, "tag", "zweistrom"))
    sees(fram, "tag:zweistrom", {ORDERS.key})
    fram.edit(path_of("table", ORDERS.key, "tag", "zweistrom"), method="DELETE")
    sees(fram, "zweistrom", set())

    for described, before in (("quagmire", "orders"), ("heliotrope", "quagmire")):
        fram.edit(path_of("table", ORDERS.key, "description"), {"description": f"A {described} of things"})
        sees(fram, described, {ORDERS.key})
        assert before == "orders" or fram.found(before) == set()

    fram.edit("/user", {"user_id": ANN, "email": ANN, "full_name": "Xanthippe Quux"})
    fram.edit(path_of("table", ORDERS.key, "owner", ANN))
    sees(fram, "owner:xanthippe", {ORDERS.key})
    sees(fram, "xanthippe", {ANN}, "user")


def rename_a_person(fram: Deployment) -> None:
    fram.edit(path_of("table", CUSTOMERS.key, "owner", ANN))
    sees(fram, "owner:xanthippe", {ORDERS.key, CUSTOMERS.key})
    fram.edit("/user", {"user_id": ANN, "email": ANN, "full_name": "Zenobia Quux"})
    sees(fram, "zenobia", {ANN}, "user")
    sees(fram, "owner:zenobia", {ORDERS.key, CUSTOMERS.key})
    sees(fram, "owner:xanthippe", set())
    sees(fram, "xanthippe", set(), "user")


def remove_a_table(fram: Deployment, stores: Stores) -> None:
    remove(stores, CUSTOMERS)
    sees(fram, "customers", set())
    sees(fram, "owner:zenobia", {ORDERS.key})
    load(stores)
    sees(fram, "customers", {CUSTOMERS.key})


def sees(fram: Deployment, text: str, keys: set[str], kind: str = "table") -> None:
    """Wait until exactly these are found. Search must answer."""
    until(lambda: fram.search(text, kind), lambda answer: answer == (200, keys))
