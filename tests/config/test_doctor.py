"""What `chalandise doctor` says of a deployment that is only begun."""

from __future__ import annotations

import pytest

from chalandise.config import doctor
from chalandise.config.doctor import Finding, examine


@pytest.mark.django_db
def test_a_database_without_tables_is_told_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its territories and portals cannot be counted before their tables are there."""

    def broken() -> Finding:
        raise AssertionError

    monkeypatch.setattr(doctor, "_migrations", lambda: Finding("400 steps", "Run “migrate”."))
    monkeypatch.setattr(doctor, "_territories", broken)
    monkeypatch.setattr(doctor, "_portals", broken)

    assert "400 steps" in [one.what for one in examine()]
