"""Who is on a site's list of recipients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.databases import new_app_database
from tracker.db.invalid import Invalid
from tracker.sites.recipients import add_recipients, remove_recipient
from tracker.sites.sites import add_site, find_site

NOW = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)


def test_the_list_of_one_site_is_its_own(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    first, other = (add_site(database, name, now=NOW, recipients=["a@exemple.fr"]).id for name in ("a.fr", "b.fr"))

    def listed(domain: str) -> list[str]:
        site = find_site(database, domain)
        assert site is not None
        return [one.email for one in site.recipients]

    later = NOW + timedelta(days=1)
    assert add_recipients(database, first, [" B@exemple.fr ", "", "a@exemple.fr", "b@exemple.fr"], now=later) == [
        "b@exemple.fr"
    ]
    assert (listed("a.fr"), listed("b.fr")) == (["a@exemple.fr", "b@exemple.fr"], ["a@exemple.fr"])
    with pytest.raises(Invalid, match="“nobody” is not an email address"):
        add_recipients(database, first, ["c@exemple.fr", "nobody"], now=later)
    found = find_site(database, "a.fr")
    assert found is not None
    number = found.recipients[0].id
    remove_recipient(database, other, number)
    assert listed("a.fr") == ["a@exemple.fr", "b@exemple.fr"]
    remove_recipient(database, first, number)
    remove_recipient(database, first, number)
    assert (listed("a.fr"), listed("b.fr")) == (["b@exemple.fr"], ["a@exemple.fr"])
    database.close()
