"""Lists of people as spreadsheets, `ldapsearch`, Active Directory and paging clients of SCIM write them."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.extract.people.source import People, PeopleSettings
from ingest.extract.source import Refused
from schemas.statements import Person

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PAGE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def read(file: Path, text: str) -> list[Person | Refused]:
    file.write_text(text, encoding="utf-8", newline="")
    found = People(**PeopleSettings().load({"path": str(file)})).extract()
    return [one for one in found if isinstance(one, Person | Refused)]


@pytest.mark.parametrize("between", [";", "\t", "|", ","])
def test_csv_is_separated_by_what_its_header_is(tmp_path: Path, between: str):
    name = "staff.tsv" if between == "\t" else "staff.csv"
    rows = [["E-Mail", "Full Name", "Team"], ["Ann@x.org", '"Ann; B,|\tC"', "Data"]]
    found = read(tmp_path / name, "\ufeff" + "".join(f"{between.join(row)}\r\n" for row in rows))
    assert found == [Person("ann@x.org", full_name="Ann; B,|\tC", team_name="Data")]


LDAPSEARCH = """\
# extended LDIF
#
# base <dc=x,dc=org> with scope subtree, a comment that is folded
 here

# ann, People, x.org
dn: uid=ann,ou=People,dc=x,dc=org
objectClass: inetOrgPerson
mail: ann@x.org
cn:: QW5uIMOE
 bmdzdHLDtm0=

# search reference
ref: ldap://other.x.org/dc=other,dc=x,dc=org

# search result
search: 2
result: 0 Success

# numResponses: 3
# numEntries: 1
"""


def test_what_ldapsearch_says_of_its_search_is_nobody(tmp_path: Path):
    found = read(tmp_path / "people.ldif", LDAPSEARCH)
    assert found == [Person("ann@x.org", full_name="Ann Ängström")]


def test_machines_of_active_directory_are_nobody(tmp_path: Path):
    entry = "dn: CN=PC1,DC=x\nobjectClass: person\nobjectClass: user\nobjectClass: computer\nuid: pc1$\n"
    assert read(tmp_path / "people.ldif", entry) == []


def user(number: int, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "id": str(number), "userName": f"u{number}@x.org", **more}


def page(*users: dict[str, Any], start: int = 1) -> dict[str, Any]:
    return {"schemas": [PAGE], "totalResults": 3, "startIndex": start, "itemsPerPage": 2, "Resources": list(users)}


PAGES = [
    page(user(1), user(2, **{ENTERPRISE: {"manager": {"value": "3", "$ref": "../Users/3"}}})),
    page(user(3, active="False"), start=3),
]


@pytest.mark.parametrize("text", [json.dumps(PAGES), "\n".join(map(json.dumps, PAGES)), json.dumps(PAGES, indent=2)])
def test_pages_of_scim_are_one_list(tmp_path: Path, text: str):
    assert read(tmp_path / "people.json", text) == [
        Person("u1@x.org"),
        Person("u2@x.org", manager_email="u3@x.org"),
        Person("u3@x.org", is_active=False),
    ]


def test_users_of_scim_may_stand_one_a_line(tmp_path: Path):
    text = "".join(f"{json.dumps(user(number))}\n" for number in (1, 2))
    assert read(tmp_path / "people.json", text) == [Person("u1@x.org"), Person("u2@x.org")]


def test_user_of_a_later_page_that_is_wrong_is_refused_with_its_place(tmp_path: Path):
    pages = [page(user(1)), page(user(2), user(3, active="perhaps"))]
    (refused,) = [one for one in read(tmp_path / "people.json", json.dumps(pages)) if isinstance(one, Refused)]
    assert refused == Refused("people.json [1].Resources[1]", "active is 'perhaps', which is neither true nor false.")


def test_answer_of_scim_without_anybody_is_nobody(tmp_path: Path):
    assert read(tmp_path / "people.json", json.dumps({"schemas": [PAGE], "totalResults": 0, "Resources": None})) == []
