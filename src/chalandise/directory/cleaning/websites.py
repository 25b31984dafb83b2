"""Web addresses as found: half typed, twice typed, dangerous or fine."""

import ipaddress
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from chalandise.directory.cleaning.results import Cleaned, Note, Remark
from chalandise.directory.cleaning.text import plain_text

SOCIAL_HOSTS = frozenset(
    {
        "facebook.com", "fb.com", "fb.me", "m.facebook.com", "instagram.com", "twitter.com",
        "x.com", "tiktok.com", "linkedin.com", "pinterest.com", "pinterest.fr", "youtube.com",
        "youtu.be", "wa.me", "linktr.ee", "snapchat.com",
    }
)  # fmt: skip
"""Hosts where a shop has a page, not a site: shown as such."""

_TRACKERS = re.compile(r"^(?:utm_\w+|fbclid|gclid|msclkid|mc_[ce]id|igshid|ref|eid|hc_ref|_ga)$")
_SCHEME = re.compile(r"^h?t?t?ps?\s*:?\s*[/\\]{1,3}\s*|^https?\s*[:;]\s*", re.IGNORECASE)
_GOOD_SCHEME = re.compile(r"^https?://(?=[^/])", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):(?!\d)", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s+(?:ou|et|/|-|\|)\s+|[;|,]\s*(?=\S+\.\S)|\s+", re.IGNORECASE)
_LABEL = re.compile(r"^[^\W_](?:[\w-]{0,61}[^\W_])?$")
_MAX_LENGTH = 500


def clean_website(raw: object) -> Cleaned[str]:
    """Return an absolute `http(s)` address, or nothing with the reason.

    Repairs a lost colon (`https//…`), a missing scheme, doubled schemes and trackers; refuses
    `javascript:` and its like, local addresses, and text that is no address.
    """
    plain = plain_text(raw, line_break=" ")
    if not plain.value:
        return plain
    notes: list[Note] = [n for n in plain.notes if n.remark is not Remark.HTML_REMOVED]
    kept = ""
    for piece in _pieces(plain.value):
        url, note = _one(piece)
        if url and kept:
            notes.append(Note(Remark.SECOND_WEBSITE, url))
            continue
        if note:
            notes.append(note)
        if url:
            kept = url
            if is_social(url):
                notes.append(Note(Remark.WEBSITE_SOCIAL, url))
    if any(note.remark is Remark.WEBSITE_DANGEROUS for note in notes):
        kept = ""
    if kept:
        notes = [n for n in notes if n.remark is not Remark.WEBSITE_INVALID]
    elif not any(note.is_problem for note in notes):
        notes.append(Note(Remark.WEBSITE_INVALID, plain.value))
    return Cleaned(kept, tuple(notes))


def is_social(url: str) -> bool:
    """Tell whether an address is a page on a social network."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return host in SOCIAL_HOSTS or any(host.endswith("." + social) for social in SOCIAL_HOSTS)


def _pieces(text: str) -> list[str]:
    """Split on what separates addresses, after closing the gap of `https:// example.fr`."""
    joined = re.sub(r"^(https?\s*:?\s*//)\s+", r"\1", text, flags=re.IGNORECASE)
    return [piece for piece in _SEPARATORS.split(joined) if "." in piece or ":" in piece]


def _one(piece: str) -> tuple[str, Note | None]:
    text = piece.strip("<>()[]\"'«»").rstrip(".,")
    rest = text
    while match := _SCHEME.match(rest):  # http://https://www.… happens
        rest = rest[match.end() :]
    if rest == text and (other := _OTHER_SCHEME.match(text)) and "." not in other.group(1):
        return "", Note(Remark.WEBSITE_DANGEROUS, piece)
    is_secure = text[:5].lower() == "https"
    is_plain = bool(_GOOD_SCHEME.match(text)) and not is_secure
    scheme = "http" if is_plain else "https"
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", Note(Remark.WEBSITE_INVALID, piece)
    if "@" in parts.netloc or not _is_public_host(host) or port not in {None, 80, 443}:
        return "", Note(Remark.WEBSITE_INVALID, piece)
    query = urlencode(
        [
            (k, v)
            for k, v in parse_qsl(parts.query, keep_blank_values=True)
            if not _TRACKERS.match(k)
        ]
    )
    url = urlunsplit((scheme, host, parts.path or "/", query, parts.fragment))
    if len(url) > _MAX_LENGTH:
        return "", Note(Remark.WEBSITE_INVALID, piece)
    is_same = url.rstrip("/").lower() == text.rstrip("/").lower()
    return url, None if is_same else Note(Remark.WEBSITE_REPAIRED, piece)


def _is_public_host(host: str) -> bool:
    """Accept names with at least two labels and a textual ending; refuse addresses in digits."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return False
    labels = host.split(".")
    return (
        len(labels) > 1
        and all(_LABEL.match(label) for label in labels)
        and labels[-1][:1].isalpha()
        and len(labels[-1]) > 1
        and labels[-1] not in {"local", "localhost", "internal", "lan", "home"}
    )
