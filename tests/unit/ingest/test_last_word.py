"""Files that contradict themselves or each other settle on what they say last."""

from ingest.last_word import LastWord
from ingest.records import Put, bare_user, reader, tag
from metadata_service.store.mutations import NodeRef, PutNode

TABLE = NodeRef("Table", "hive://gold.s/t")


def settle(puts: list[Put]) -> list[Put]:
    word = LastWord()
    for put in puts:
        word.observe(put)
    return [word.settle(put) for put in puts]


def test_last_word_on_a_node_is_told_to_all():
    assert settle([tag("a"), tag("b"), tag("a", "metric"), tag("a"), tag("a", "owner")]) == [
        tag("a", "owner"),
        tag("b"),
        *[tag("a", "owner")] * 3,
    ]


def test_last_word_may_repeat_the_first():
    assert settle([tag("a"), tag("a", "metric"), tag("a")]) == [tag("a")] * 3


def test_last_word_on_a_relation_is_told_to_all():
    first, last = reader(TABLE, "a@x.org", 5), reader(TABLE, "a@x.org", 7)

    assert settle([*first, *last]) == [*last, *last]


def test_properties_that_others_do_not_mention_are_not_added():
    name = PutNode(TABLE, {"name": "t"})
    both = [PutNode(TABLE, {"name": name, "is_view": view}) for name, view in (("t", True), ("u", False))]

    assert settle([name, *both]) == [PutNode(TABLE, {"name": "u"}), both[1], both[1]]


def test_what_is_said_once_or_always_alike_stays_the_same_object():
    puts: list[Put] = [bare_user("a"), bare_user("a"), tag("a"), *reader(TABLE, "a", 1)]

    assert all(before is after for before, after in zip(puts, settle(puts), strict=True))
