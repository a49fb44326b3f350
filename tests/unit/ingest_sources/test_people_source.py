"""People from CSV, LDIF and SCIM, with what exports of directories have in them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from ingest.extract.people.fields import folded_dn
from ingest.extract.people.source import People, PeopleSettings
from ingest.extract.source import Refused
from schemas.errors import InvalidSource
from schemas.statements import Person

SAMPLE = """\
email,first_name,last_name,full_name,github_username,team_name,employee_type,manager_email,slack_id,role_name
Chris@example.org,Christopher,Stone,Christopher Stone,cstone,"Data, Platform",full-time,roald@example.org,slack-1,Maker
roald@example.org,Roald,Amundsen,"Roald ""the last"" Amundsen",amundsen,Team,,,,
"""


def _read(file: Path, text: str | bytes, **settings: Any) -> list[Person | Refused]:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(People(**PeopleSettings().load({"path": str(file), **settings})).extract())


def _refusals(found: list[Person | Refused]) -> list[tuple[str, str]]:
    return [(one.where, one.reason) for one in found if isinstance(one, Refused)]


# CSV


def test_amundsens_sample_is_read_as_it_is(tmp_path: Path):
    chris, roald = _read(tmp_path / "p.csv", SAMPLE)
    assert chris == Person(
        "chris@example.org",
        first_name="Christopher",
        last_name="Stone",
        full_name="Christopher Stone",
        github_username="cstone",
        slack_id="slack-1",
        team_name="Data, Platform",
        role_name="Maker",
        employee_type="full-time",
        manager_email="roald@example.org",
    )
    assert isinstance(roald, Person)
    assert (roald.full_name, roald.manager_email) == ('Roald "the last" Amundsen', None)


@pytest.mark.parametrize(
    "header", ["Email,Given Name,Surname,Manager ID,User-ID,Active", "mail,givenName,sn,manager,uid,status"]
)
def test_columns_go_by_several_names(tmp_path: Path, header: str):
    text = f"{header}\r\nJané@X.org,Jané,Ōe,17,A1,yes\r\nboss@x.org,Bo,Ss,,17,inactive\r\n"
    jane, boss = _read(tmp_path / "p.csv", "\ufeff" + text)
    assert jane == Person(
        "jané@x.org", first_name="Jané", last_name="Ōe", full_name="Jané Ōe", manager_email="boss@x.org"
    )
    assert isinstance(boss, Person)
    assert not boss.is_active


def test_columns_may_be_told(tmp_path: Path):
    text = "Kontakt,email\njane@x.org,wrong@x.org\n"
    assert _read(tmp_path / "p.csv", text, fields={"email": "Kontakt"}) == [Person("jane@x.org")]


def test_the_first_of_several_columns_that_says_something_counts(tmp_path: Path):
    text = "upn,mail,name\na@x.org,,A\nignored@x.org,b@x.org,B\n"
    assert [one.email for one in _read(tmp_path / "p.csv", text) if isinstance(one, Person)] == ["a@x.org", "b@x.org"]


def test_rows_that_are_wrong_are_refused_with_line_and_column(tmp_path: Path):
    rows = b"email,active\n,yes\nx y@x.org,\nz@x.org,perhaps\n\xff@x.org,\na@x.org,yes,more\nb@x.org\n"
    found = _read(tmp_path / "p.csv", rows)
    assert _refusals(found) == [
        ("p.csv line 2", "Column email is empty; a person needs an address."),
        ("p.csv line 3", "Column email is 'x y@x.org', which is no address."),
        ("p.csv line 4", "Column active is 'perhaps', which is neither true nor false."),
        ("p.csv line 5", "The row holds bytes that are not UTF-8, or a NUL character."),
        ("p.csv line 6", "The row has 3 cells, the header 2 columns."),
    ]
    assert found[-1] == Person("b@x.org")


def test_a_file_without_addresses_is_refused(tmp_path: Path):
    with pytest.raises(InvalidSource, match="no column holds the address"):
        _read(tmp_path / "p.csv", "name\nJane\n")


# LDIF

BOSS_DN = "uid=boss,ou=People,dc=x,dc=org"
LDIF = """version: 1
# exported
#  on a folded comment
dn: uid=jane,ou=People,dc=x,dc=org
objectClass: top
objectClass: inetOrgPerson
uid: jane
mail: Jane.Doe@
 x.org
cn;lang-ja:: {japanese}
cn:: {name}
sn: Doe
givenName: Jane
departmentNumber: Data
title: Engineer
manager: UID=Boss , OU=People,DC=x,DC=org
jpegPhoto:: /9j/4AAQ

dn:: {boss}
objectclass: person
mail: boss@x.org
nsAccountLock: TRUE

dn: cn=everybody,dc=x,dc=org
objectClass: groupOfNames
member: uid=jane,ou=People,dc=x,dc=org
"""


def _base64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def test_ldif_is_read_with_folds_base64_options_and_managers(tmp_path: Path):
    text = LDIF.format(japanese=_base64("ジェーン"), name=_base64("Jāne Doe"), boss=_base64(BOSS_DN))
    jane, boss = _read(tmp_path / "p.ldif", text.replace("\n", "\r\n"))
    assert jane == Person(
        "jane.doe@x.org",
        first_name="Jane",
        last_name="Doe",
        full_name="Jāne Doe",
        team_name="Data",
        role_name="Engineer",
        manager_email="boss@x.org",
    )
    assert boss == Person("boss@x.org", is_active=False)


def test_accounts_that_active_directory_has_disabled_are_inactive(tmp_path: Path):
    text = "dn: cn=a\nobjectClass: user\nmail: a@x.org\nuserAccountControl: {}\n"
    for control, active in (("514", False), ("512", True)):
        assert _read(tmp_path / "p.ldif", text.format(control)) == [Person("a@x.org", is_active=active)]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("dn: cn=a\nmail:: !!!\n", "mail (line 2) is not base64 of UTF-8."),
        ("dn: cn=a\nmail:: " + _base64(b"\xff\xfe") + "\n", "mail (line 2) is not base64 of UTF-8."),
        ("dn: cn=a\nmail:< file:///etc/passwd\n", "mail (line 2) stands elsewhere, at a URL, which is not followed."),
        ("dn: cn=a\ncn: A\n", "mail is empty; a person needs an address."),
        ("mail: a@x.org\n", "The entry has no dn."),
        ("dn: cn=a\nno attribute\n", "line 2 has no colon; it is no attribute."),
        ("dn: cn=a\nchangetype: delete\n", "changetype is 'delete': entries are read, not changes to them."),
        ("dn: cn=a\nmail: a@x.org\nuserAccountControl: x\n", "useraccountcontrol is 'x', which is not a number."),
    ],
)
def test_entries_that_are_wrong_are_refused_with_line_and_attribute(tmp_path: Path, entry: str, reason: str):
    found = _read(tmp_path / "p.ldif", f"{entry}\ndn: cn=b\nmail: b@x.org\n")
    assert _refusals(found) == [("p.ldif line 1", reason)]
    assert found[-1] == Person("b@x.org")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Jane Doe , OU = People", "cn=jane doe,ou=people"),
        (r"cn=Doe\, Jane,dc=x", r"cn=Doe\2C Jane,dc=x"),
    ],
)
def test_distinguished_names_are_compared_as_directories_do(one: str, other: str):
    assert folded_dn(one) == folded_dn(other)
    assert folded_dn(one) != folded_dn(one + ",dc=more")


# SCIM

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
JANE = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    "id": "2819c223",
    "userName": "jdoe",
    "name": {"givenName": "Jāne", "familyName": "Doe", "formatted": "Ms. Jāne Doe"},
    "displayName": "Jāne",
    "emails": [{"value": "home@x.org", "type": "home"}, {"value": "Jane@X.org", "type": "work"}],
    "active": True,
    "title": "Engineer",
    "userType": "Employee",
    "profileUrl": "https://x.org/jane",
    ENTERPRISE: {"department": "Data", "employeeNumber": "7", "manager": {"value": "26118915"}},
}
BOSS = {"id": "26118915", "userName": "boss@x.org", "active": False}


@pytest.mark.parametrize(
    "data",
    [
        {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": [JANE, BOSS]},
        [JANE, {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "all"}, BOSS],
    ],
)
def test_scim_is_read_as_list_responses_and_lists(tmp_path: Path, data: Any):
    jane, boss = _read(tmp_path / "p.json", json.dumps(data))
    assert jane == Person(
        "jane@x.org",
        first_name="Jāne",
        last_name="Doe",
        full_name="Ms. Jāne Doe",
        display_name="Jāne",
        team_name="Data",
        role_name="Engineer",
        employee_type="Employee",
        profile_url="https://x.org/jane",
        manager_email="boss@x.org",
    )
    assert boss == Person("boss@x.org", is_active=False)


def test_one_user_of_scim_is_read_without_a_manager_who_is_not_there(tmp_path: Path):
    (jane,) = _read(tmp_path / "p.json", json.dumps(JANE))
    assert isinstance(jane, Person)
    assert (jane.email, jane.manager_email) == ("jane@x.org", None)


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ([], "It is no user: it must be a JSON object."),
        ({"userName": "jane"}, "emails is empty; a person needs an address."),
        ({"emails": [{"value": 7}]}, "emails[0].value must be a text."),
        ({"emails": [{}, "x"]}, "emails[1] must be an object."),
        ({"emails": {}}, "emails is empty; a person needs an address."),
        ({"emails": "x"}, "emails must be a list."),
        ({"emails": [{"value": "a b"}]}, "emails[0].value is 'a b', which is no address."),
        ({**BOSS, "name": "x"}, "name must be an object."),
        ({**BOSS, "name": {"givenName": []}}, "name.givenName must be a text."),
        ({**BOSS, "active": 1}, "active is neither true nor false."),
    ],
)
def test_users_that_are_wrong_are_refused_with_place_and_field(tmp_path: Path, user: Any, reason: str):
    found = _read(tmp_path / "p.json", json.dumps({"Resources": [user, BOSS]}))
    assert _refusals(found) == [("p.json Resources[0]", reason)]
    assert found[-1] == Person("boss@x.org", is_active=False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "p.json is no JSON"),
        ('{"Resources": {}}', "Resources must be a list"),
        ("7", "It must be a list of users"),
    ],
)
def test_a_file_that_is_no_scim_is_refused(tmp_path: Path, text: str, reason: str):
    with pytest.raises(InvalidSource, match=reason):
        _read(tmp_path / "p.json", text)


# All


def test_files_of_a_folder_are_one_directory(tmp_path: Path):
    (tmp_path / "a.csv").write_text("email,manager\njane@x.org,cn=boss\n")
    (tmp_path / "b.ldif").write_text("dn: CN=boss\nmail: boss@x.org\n")
    source = People(**PeopleSettings().load({"path": str(tmp_path), "complete": False}))
    assert source.check() == "2 file(s), the first person is at a.csv line 2"
    assert source.complete is False
    assert list(source.extract()) == [Person("jane@x.org", manager_email="boss@x.org"), Person("boss@x.org")]


def test_settings_that_make_no_sense_are_refused(tmp_path: Path):
    with pytest.raises(ValidationError):
        PeopleSettings().load({"path": "x", "fields": {"mail": "x"}})
    with pytest.raises(InvalidSource, match="names no file"):
        People(**PeopleSettings().load({"path": str(tmp_path)})).check()
