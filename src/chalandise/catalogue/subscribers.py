"""Reactions to the directory: each calls one action that may be called twice."""

from __future__ import annotations

from django.utils import timezone

from chalandise.catalogue.actions.baskets import follow_owner
from chalandise.directory.events import OwnerChanged
from chalandise.journal.events import subscribes
from chalandise.journal.states import Actor


@subscribes("directory.owner_changed")
def ask_new_owner(event: OwnerChanged) -> None:
    """Have a shop's new owner say whether its goods stay in its neighbours' gift baskets."""
    follow_owner(event.establishment_id, by=Actor.system("catalogue"), at=timezone.now())
