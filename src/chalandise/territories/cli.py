"""What ``chalandise territories load`` shows: how far it is, and what it did."""

from __future__ import annotations

import sys

import click
from django.utils.translation import gettext as _

from chalandise.territories.actions import LoadReport


def show_progress(step: str, done: int, whole: int) -> None:
    """Show how far the load is: one line that moves on a terminal, a line a step elsewhere."""
    labels = {
        "territories": _("Territories"),
        "former_communes": _("Former communes"),
        "contours": _("Outlines"),
    }
    is_moving = sys.stderr.isatty()
    if done < whole and not is_moving:
        return
    line = _("%(step)s: %(done)s of %(whole)s") % {
        "step": labels.get(step, step),
        "done": _grouped(done),
        "whole": _grouped(whole),
    }
    click.echo(f"\r{line}" if is_moving else line, err=True, nl=done >= whole or not is_moving)


def summary(report: LoadReport, seconds: float) -> str:
    """Return the sentences that say what a load did."""
    counts = {kind: _grouped(count) for kind, count in report.counts.items()}
    lines = [
        _(
            "%(edition)s: %(region)s regions, %(departement)s départements, "
            "%(epci)s intercommunalities, %(commune)s communes, "
            "%(arrondissement)s municipal arrondissements."
        )
        % {"edition": report.edition, **counts},
        _("%(created)s created, %(updated)s updated, in %(seconds).0f s.")
        % {
            "created": _grouped(report.created),
            "updated": _grouped(report.updated),
            "seconds": seconds,
        },
    ]
    if report.withdrawn:
        lines.append(
            _("Kept although the edition no longer has them: %(keys)s.")
            % {"keys": ", ".join(report.withdrawn)}
        )
    return "\n".join(lines)


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
