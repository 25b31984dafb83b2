"""Races for sheets: hidden, claimed, reminded of, made."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import count

from tests.cast import Cast
from tests.factories import (
    directory,
    market,
    operations,
    territories,
)
from tests.faults.locking import Meeting, Race

from chalandise.directory.actions.categories import CategoryEdit, edit_category
from chalandise.directory.actions.claims import NO_CODE, issue_code
from chalandise.directory.actions.facts import apply_facts
from chalandise.directory.actions.listing import move_listings
from chalandise.directory.actions.reminding import remind_of_hours
from chalandise.directory.models import Category, Establishment
from chalandise.directory.states import ClaimChannel, ListingState, SourceKind
from chalandise.directory.values import PostalAddress, SourceRef
from chalandise.journal.models import Entry
from chalandise.journal.states import Actor

NOW = market.NOW
BY = Actor.system("test")
_number = count(1)


def hides(_cast: Cast) -> Meeting:
    """Two people hide one sheet."""
    shop = directory.establishment()
    hide = partial(move_listings, [shop.pk], ListingState.HIDDEN, by=BY, at=NOW)
    told = Entry.objects.filter(
        subject=f"directory.establishment:{shop.pk}", verb="became_hidden"
    ).count

    def hidden() -> int:
        return len(hide())

    return Meeting(hidden, hidden, told)


def reminders(_cast: Cast) -> Meeting:
    """Two workers ask a merchant whether the hours are still right."""
    Establishment.objects.update(reminded_at=NOW)
    directory.establishment(claimed_at=NOW, hours_verified_at=NOW - timedelta(days=200))
    remind = partial(remind_of_hours, at=NOW)
    return Meeting(remind, remind)


def codes(_cast: Cast) -> Meeting:
    """Two workers draw the code of a claim."""
    claim = operations.claim(
        directory.establishment(), channel=ClaimChannel.EMAIL, code_digest=NO_CODE
    )

    def draw() -> bool:
        return issue_code(claim, at=NOW) is not None

    return Meeting(draw, draw)


def activity_codes(_cast: Cast) -> Meeting:
    """Two people give one activity code to different categories."""
    keys = [f"rayon-{next(_number)}" for _one in range(2)]
    code = f"47.{next(_number):02}Z"

    def give(key: str) -> None:
        category = Category.objects.get(key=key)
        edit = CategoryEdit(
            key, key, key, key, [], [], category.icon, category.tint, 1, [code], None, []
        )
        edit_category(category, edit, by=BY, at=NOW)

    for key in keys:
        directory.category(key, key)
    return Meeting(
        partial(give, keys[0]),
        partial(give, keys[1]),
        Category.objects.filter(naf_codes__contains=[code]).count,
    )


def new_sheets(_cast: Cast) -> Meeting:
    """Two imports bring shops of one name in one commune."""
    name = f"Chez Paulette {next(_number)}"
    facts = {
        "name": name,
        "category": directory.category(),
        "address": PostalAddress("1 rue du Marché", "46000", territories.cahors()),
    }
    source = SourceRef(SourceKind.LOCAL_FILE, "Fichier de la mairie")

    def bring() -> str:
        return type(apply_facts(None, facts, source=source, by=BY, at=NOW)).__name__

    return Meeting(bring, bring, Establishment.objects.filter(name=name).count)


RACES: dict[str, Race] = {
    "directory.actions.locking.lock_categories": Race(
        activity_codes, (None, None, 1), (None, None, 2)
    ),
    "directory.actions.locking.lock_claims": Race(codes, (True, False, None), (True, True, None)),
    "directory.actions.locking.lock_establishments": Race(hides, (1, 0, 1), (1, 1, 2)),
    "directory.actions.locking.lock_idle_establishments": Race(
        reminders, (1, 0, None), (1, 1, None)
    ),
    "directory.actions.locking.lock_slugs": Race(
        new_sheets, ("Applied", "Applied", 2), ("Applied", "IntegrityError", 1)
    ),
}
