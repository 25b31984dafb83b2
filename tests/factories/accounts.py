"""People."""

from __future__ import annotations

from itertools import count

from chalandise.accounts.models import User

_number = count(1)


def user(name: str = "", **fields: object) -> User:
    """Make a person with an address of their own."""
    number = next(_number)
    email = str(fields.pop("email", "") or f"personne{number}@exemple.test")
    return User.objects.create_user(email, name or f"Personne {number}", **fields)
