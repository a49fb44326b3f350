"""Who people are: addresses in tags, and names of users that the settings know. Pure; nobody is made up."""

import re
from collections.abc import Mapping
from typing import Any

_ADDRESS = re.compile(r"[^\s@,;]+@[^\s@,;]+")


class People:
    """Knows people by the settings."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._known, self.owner_tag = told["people"], told["owner_tag"]

    def address(self, user: str) -> str:
        """Return the address of a user, or nothing."""
        return self._known.get(user) or (user if _ADDRESS.fullmatch(user) else "")

    def owners(self, tags: Mapping[str, str], else_user: str = "") -> list[str]:
        """Return the owners that a tag names, separated by commas; where it names none, the user given."""
        named = [self.address(name.strip()) for name in re.split("[,;]", tags.get(self.owner_tag, ""))]
        return sorted({*filter(None, named)}) or [*filter(None, [self.address(else_user)])]
