"""What is known of a person whatever the file, under which names, and how managers are found. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from schemas.statements import Person

# What columns of CSV and attributes of LDIF are called, compared without case and punctuation; the first found counts.
FIELDS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "email": (
            "email",
            "mail",
            "emailaddress",
            "workemail",
            "primaryemail",
            "useremail",
            "userprincipalname",
            "upn",
        ),
        "first_name": ("firstname", "givenname", "forename"),
        "last_name": ("lastname", "surname", "sn", "familyname"),
        "full_name": ("fullname", "name", "cn", "commonname"),
        "display_name": ("displayname", "preferredname"),
        "github_username": ("githubusername", "github", "githublogin"),
        "slack_id": ("slackid", "slack", "slackuserid"),
        "team_name": ("teamname", "team", "department", "departmentnumber", "orgunit", "ou"),
        "role_name": ("rolename", "role", "jobtitle", "title", "position"),
        "employee_type": ("employeetype", "employmenttype", "usertype"),
        "profile_url": ("profileurl", "labeleduri", "url"),
        "manager": ("manageremail", "manager", "managerid", "managermail", "supervisor", "reportsto"),
        "is_active": ("isactive", "active", "enabled", "accountenabled", "status"),
        "id": ("id", "userid", "uid", "samaccountname", "username", "employeeid", "employeenumber", "externalid"),
    }
)

_YES = frozenset({"true", "t", "yes", "y", "1", "active", "enabled", "current"})
_NO = frozenset({"false", "f", "no", "n", "0", "inactive", "disabled", "terminated", "left", "deleted", "suspended"})
_PLAIN = re.compile(r"[\W_]+")
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{2}|.)", re.DOTALL)
_RDN = re.compile(r"(?:\\.|[^,\\])+", re.DOTALL)


@dataclass(slots=True)
class Entry:
    """A person as a file has it: where, the values by field (manager: whatever names one), and all it goes by."""

    where: str
    values: dict[str, str]
    names: list[str] = field(default_factory=list)
    is_active: bool = True


class Unfit(Exception):
    """A value that cannot be taken; the text names its field."""


def plain(name: str) -> str:
    """Return a name as names are compared."""
    return _PLAIN.sub("", name).lower()


def field_names(called: Mapping[str, str]) -> dict[str, str]:
    """Return the field that each name stands for, in the order in which names count; `called` goes first."""
    told = {plain(name): known for known, name in called.items()}
    known = {name: of for of, names in FIELDS.items() if of not in called for name in names}
    return {**known, **told}


def address(name: str, value: str) -> str:
    """Return the address of a person, in the one spelling people are known by. Raises Unfit."""
    found = value.strip().lower()
    if not found:
        raise Unfit(f"{name} is empty; a person needs an address.")
    if any(character.isspace() for character in found):
        raise Unfit(f"{name} is {found[:80]!r}, which is no address.")
    return found


def truth(name: str, value: str) -> bool:
    """Read whether somebody is active; an empty value says so. Raises Unfit."""
    said = value.strip().lower()
    if said and said not in _YES and said not in _NO:
        raise Unfit(f"{name} is {value[:40]!r}, which is neither true nor false.")
    return said not in _NO


def folded_dn(dn: str) -> str:
    """Return a distinguished name as they are compared: without case, escapes and spaces between its parts."""
    parts = []
    for part in _RDN.findall(dn):
        attribute, _, value = part.partition("=")
        plain_value = _ESCAPED.sub(lambda found: _unescaped(found[1]), value.strip())
        parts.append(f"{attribute.strip().lower()}={plain_value.casefold()}")
    return "\0".join(parts)


def _unescaped(escaped: str) -> str:
    return chr(int(escaped, 16)) if len(escaped) == 2 else escaped


class Directory:
    """Who goes by which name."""

    def __init__(self) -> None:
        self._emails: dict[str, str] = {}

    def add(self, entry: Entry) -> None:
        email = entry.values["email"]
        for name in (email, *entry.names):
            self._emails.setdefault(name, email)

    def find(self, name: str) -> str | None:
        """Return the address of whoever goes by an address, an id or a distinguished name."""
        found = self._emails.get(name.strip().lower()) or self._emails.get(folded_dn(name))
        return found or (name.strip().lower() if "@" in name and "=" not in name else None)


def person_of(entry: Entry, directory: Directory) -> Person:
    """Return a person, without a manager where nobody goes by what names them: they may be in no file."""
    values = dict(entry.values)
    named = values.pop("manager", "")
    full = " ".join(filter(None, (values.get("first_name"), values.get("last_name"))))
    if full:
        values.setdefault("full_name", full)
    return Person(**values, manager_email=directory.find(named) if named else None, is_active=entry.is_active)
