"""The commands `chalandise directory import sirene|osm|csv FILE --portal SLUG`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import gettext as _

from chalandise.directory.classification import load_activities
from chalandise.directory.queries.filing import standing_classification
from chalandise.federation.actions.imports import ImportOrder, import_file, source_key_for
from chalandise.federation.actions.runs import Summary
from chalandise.federation.errors import FederationError
from chalandise.federation.legal_names import SirenSet, find_legal_names, lay_out_legal_names
from chalandise.federation.models import Source
from chalandise.federation.queries import CommuneFinder, find_namesake
from chalandise.federation.readers import osm as osm_reader
from chalandise.federation.readers import sirene as sirene_reader
from chalandise.federation.readers.columns import FIELDS
from chalandise.federation.readers.records import RawRecord, Tally
from chalandise.federation.readers.tabular import Layout, check_mapping, inspect_table, read_table
from chalandise.federation.reports import Outcome
from chalandise.federation.states import SourceFormat
from chalandise.federation.wording import OUTCOMES, PASSED, REFUSALS, sentence_for
from chalandise.journal.states import Actor
from chalandise.portals.models import Portal

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_PROGRESS_SECONDS = 1.0
Command = Callable[..., Any]


@click.group()
def directory() -> None:
    """The directory: what comes in from registers and files."""


@directory.group("import")
def import_group() -> None:
    """Bring a register or a file into the directory of a portal."""


def _common(command: Command) -> Command:
    """Give a command the arguments that every import has."""
    for option in reversed(
        (
            click.argument("path", metavar="FILE", type=_FILE),
            click.option("--portal", "slug", required=True, help="Slug of the portal."),
            click.option("--dry-run", is_flag=True, help="Do everything, keep nothing."),
            click.option(
                "--accept-removals",
                is_flag=True,
                help="Hide what the source no longer says, even more than a fifth of it.",
            ),
            click.option("--source", "source_key", default="", help="Name of the source, kept."),
            click.option(
                "--dated-on",
                type=click.DateTime(["%Y-%m-%d"]),
                help="The day the file speaks for; without it, its own.",
            ),
            click.option("--batch", "batch_size", default=1000, show_default=True, hidden=True),
        )
    ):
        command = option(command)
    return command


@import_group.command("sirene")
@_common
@click.option("--activities", type=_FILE, help="Another list of NAF codes (TOML).")
@click.option("--legal-units", type=_FILE, help="StockUniteLegale, for the names of organisations.")
def import_sirene(
    path: Path, slug: str, activities: Path | None, legal_units: Path | None, **options: Any
) -> None:
    """Import INSEE's StockEtablissement (CSV, .gz or .zip)."""
    portal = _portal(slug)
    codes = load_activities(activities).codes

    def read(finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        with ExitStack() as laid:
            if legal_units:
                found = _legal_names(path, legal_units, finder, codes)
                laid.enter_context(lay_out_legal_names(found))
            yield from sirene_reader.read_sirene(
                path,
                activities=codes,
                tally=tally,
                wants_commune=finder.covers_code,
                names=find_legal_names if legal_units else None,
                on_rows=_show_rows,
            )

    _run(
        portal,
        path,
        SourceFormat.SIRENE,
        read,
        label=sirene_reader.LABEL,
        licence=sirene_reader.LICENCE,
        **options,
    )


def _legal_names(
    path: Path, legal_units: Path, finder: CommuneFinder, codes: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Read the names of the organisations whose establishments have no sign of their own."""
    wanted = SirenSet(
        record.facts.siren
        for record in sirene_reader.read_sirene(
            path, activities=codes, tally=Tally(), wants_commune=finder.covers_code
        )
        if record.facts.is_name_provisional
    )
    return sirene_reader.read_legal_unit_names(legal_units, wanted)


@import_group.command("osm")
@_common
def import_osm(path: Path, slug: str, **options: Any) -> None:
    """Import an OpenStreetMap extract (Overpass JSON or GeoJSON)."""

    def read(_finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        return osm_reader.read_osm(path, tally=tally, tree=standing_classification())

    _run(
        _portal(slug),
        path,
        SourceFormat.OSM,
        read,
        label=osm_reader.LABEL,
        licence=osm_reader.LICENCE,
        **options,
    )


@import_group.command("csv")
@_common
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Which column is what.")
@click.option(
    "--default", "defaults", multiple=True, metavar="FIELD=VALUE", help="When no column says it."
)
@click.option("--name", "label", default="", help="Who the file comes from, shown to visitors.")
@click.option("--licence", default="", help="Licence of the file.")
@click.option("--columns", "shows_columns", is_flag=True, help="Show the columns and stop.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask whether the columns are right.")
def import_csv(  # noqa: PLR0913 - click passes options by name
    path: Path,
    slug: str,
    *,
    pairs: tuple[str, ...],
    defaults: tuple[str, ...],
    label: str,
    licence: str,
    shows_columns: bool,
    is_sure: bool,
    **options: Any,
) -> None:
    """Import a table (any delimiter, any encoding) or plain GeoJSON."""
    portal = _portal(slug)
    given, fixed = _pairs(pairs, "--map"), _pairs(defaults, "--default")
    with _told():
        layout = inspect_table(path)
    key = options["source_key"] or source_key_for(SourceFormat.CSV, path)
    known = Source.objects.filter(portal=portal, key=key).first()
    _show_source(portal, key, is_given=bool(options["source_key"]), is_known=known is not None)
    remembered = {
        one: column
        for one, column in (known.column_map if known else {}).items()
        if column in layout.columns
    }
    mapping = layout.mapping({**remembered, **given})
    _show_mapping(layout, mapping, given, remembered)
    if shows_columns:
        return
    with _told():
        check_mapping(path.name, mapping, layout.columns)
    if sys.stdin.isatty() and not is_sure and not remembered:
        click.confirm(_("Is this right?"), abort=True)

    def read(_finder: CommuneFinder, tally: Tally) -> Iterator[RawRecord]:
        return read_table(
            path,
            mapping=mapping,
            tally=tally,
            defaults=fixed,
            columns=layout.columns,
            tree=standing_classification(),
        )

    _run(
        portal,
        path,
        SourceFormat.CSV,
        read,
        label=label or (known.name if known else path.stem),
        licence=licence or (known.licence if known else ""),
        column_map=mapping,
        **options,
    )


def _show_source(portal: Portal, key: str, *, is_given: bool, is_known: bool) -> None:
    """Say under which name a table is remembered, and how the next file keeps it."""
    click.echo(_("Source: %(key)s") % {"key": key})
    if is_given or is_known:
        return
    namesake = find_namesake(portal, key)
    if namesake is None:
        click.echo(
            _("To be remembered, a file of another name is imported with --source %(key)s.")
            % {"key": key}
        )
    else:
        click.secho(
            _(
                "A new source. If this file takes the place of the one of “%(known)s”, import it "
                "with --source %(known)s: its columns are remembered, and what it no longer names "
                "is hidden."
            )
            % {"known": namesake.key},
            bold=True,
        )


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or name not in FIELDS:
            raise click.BadParameter(
                _("%(text)s: write FIELD=VALUE, where FIELD is one of %(fields)s.")
                % {"text": text, "fields": ", ".join(FIELDS)},
                param_hint=option,
            )
        pairs[name] = value
    return pairs


def _show_mapping(
    layout: Layout, mapping: dict[str, str], given: dict[str, str], remembered: dict[str, str]
) -> None:
    """Say which column was taken for what, and how sure we are."""
    confidence = {(guess.field, guess.column): guess.confidence for guess in layout.guesses}
    click.echo(
        _("Encoding %(encoding)s, delimiter “%(delimiter)s”.")
        % {
            "encoding": layout.encoding.upper(),
            "delimiter": {"\t": "TAB", "": "JSON"}.get(layout.delimiter, layout.delimiter),
        }
    )
    for name, column in mapping.items():
        if name in given:
            why = _("given")
        elif name in remembered:
            why = _("remembered")
        else:
            why = _("guessed, %(share).0f %%") % {"share": 100 * confidence.get((name, column), 0)}
        click.echo(f"  {name} ← {column}  ({why})")
    unused = [column for column in layout.columns if column not in mapping.values()]
    if unused:
        click.echo(_("  not used: %(columns)s") % {"columns": ", ".join(unused)})


def _portal(slug: str) -> Portal:
    portal = Portal.objects.filter(slug=slug).first()
    if portal is None:
        known = ", ".join(Portal.objects.order_by("slug").values_list("slug", flat=True)[:10])
        raise click.ClickException(
            _("There is no portal “%(slug)s”. Portals: %(known)s.")
            % {"slug": slug, "known": known or _("none yet; open one with “portals open”")}
        )
    return portal


class _told:  # noqa: N801 - reads as a word: `with _told():`
    """Turn the room's errors into one sentence and exit code 1."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FederationError):
            raise click.ClickException(sentence_for(error)) from error


def _run(  # noqa: PLR0913 - what the options say
    portal: Portal,
    path: Path,
    layout: SourceFormat,
    reader: Callable[[CommuneFinder, Tally], Iterator[RawRecord]],
    *,
    dry_run: bool,
    accept_removals: bool,
    source_key: str,
    dated_on: datetime | None,
    batch_size: int,
    label: str,
    licence: str,
    column_map: dict[str, str] | None = None,
) -> None:
    order = ImportOrder(
        portal=portal,
        path=path,
        layout=layout,
        reader=reader,
        label=label,
        licence=licence,
        source_key=source_key,
        dated_on=dated_on.date() if dated_on else None,
        column_map=column_map or {},
        is_dry_run=dry_run,
        accepts_removals=accept_removals,
        batch_size=batch_size,
    )
    started = time.monotonic()
    with _told():
        summary = import_file(
            order,
            by=Actor.system("directory import"),
            at=timezone.now(),
            progress=_ProgressLine(),
        )
    _show_summary(summary, time.monotonic() - started, dry_run=dry_run)


def _show_rows(count: int) -> None:
    """Say how far a long register is, even while nothing in it concerns the portal."""
    click.echo(_("%(rows)s rows of the register gone by") % {"rows": _number(count)}, err=True)


class _ProgressLine:
    """One line on the error stream, at most once a second."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, summary: Summary) -> None:
        now = time.monotonic()
        if now - self._last < _PROGRESS_SECONDS:
            return
        self._last = now
        line = _("%(read)s rows read, %(created)s created, %(updated)s updated") % {
            "read": _number(summary.read_count),
            "created": _number(summary.counts[Outcome.CREATED]),
            "updated": _number(summary.counts[Outcome.UPDATED] + summary.counts[Outcome.MATCHED]),
        }
        is_moving = sys.stderr.isatty()
        click.echo(f"\r{line}" if is_moving else line, err=True, nl=not is_moving)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _show_summary(summary: Summary, seconds: float, *, dry_run: bool) -> None:
    if dry_run:
        click.secho(_("Dry run: nothing was kept."), bold=True)
    if summary.is_resumed:
        click.echo(_("Taken up where the earlier run had stopped."))
    read = {"rows": _number(summary.read_count), "seconds": seconds}
    click.echo(_("Rows read: %(rows)s, in %(seconds).1f s.") % read)
    click.echo(
        _("The file speaks for %(day)s; another day is told with --dated-on.")
        % {"day": summary.dated_on}
    )
    for outcome in Outcome:
        if count := summary.counts[outcome]:
            click.echo(f"  {_number(count):>9}  {OUTCOMES[outcome]}")
            if outcome is Outcome.REFUSED:
                for reason, some in summary.refusals.most_common():
                    click.echo(f"             {_number(some)}: {REFUSALS.get(reason, reason)}")  # type: ignore[call-overload]
    for reason, some in summary.passed.most_common():
        click.echo(
            f"  {_number(some):>9}  "
            + _("left out: %(reason)s") % {"reason": PASSED.get(reason, reason)}  # type: ignore[call-overload]
        )
    click.echo(_("Report: %(path)s") % {"path": summary.report_path})
    if summary.counts[Outcome.DOUBTFUL] and not dry_run:
        click.echo(_("Doubtful pairs wait for a decision in the console."))
