"""What a recipient does with the links of an email, without signing in: unsubscribe, choose, confirm."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.dashboards.web.conftest import SITE, Clock
from tracker.db.engine import AppDatabase
from tracker.db.models import ReportRecipient
from tracker.recipients.links import Purpose, token_of
from tracker.recipients.subscriptions import State, state_of
from tracker.sites.sites import add_site, find_site

LEA = "lea@exemple.fr"


@pytest.fixture
def client(app: Flask, database: AppDatabase, clock: Clock) -> FlaskClient:
    add_site(database, SITE, now=clock(), recipients=[LEA])
    return app.test_client()


def lea(database: AppDatabase) -> ReportRecipient:
    site = find_site(database, SITE)
    assert site is not None
    return site.recipients[0]


def path(database: AppDatabase, tmp_path: object, purpose: Purpose = Purpose.CHOOSE) -> str:
    return f"/email/{token_of(tmp_path, lea(database), purpose)}"  # type: ignore[arg-type]


def test_one_click_unsubscribes_without_session_cookie_or_csrf_token(
    client: FlaskClient, database: AppDatabase, tmp_path: object
) -> None:
    answer = client.post(path(database, tmp_path) + "/unsubscribe", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, state_of(lea(database))) == (200, State.UNSUBSCRIBED)
    again = client.post(path(database, tmp_path) + "/unsubscribe", data={"List-Unsubscribe": "One-Click"})
    assert (again.status_code, state_of(lea(database))) == (200, State.UNSUBSCRIBED)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_program_that_follows_links_unsubscribes_nobody_and_confirms_nothing(
    client: FlaskClient, database: AppDatabase, tmp_path: object, method: str
) -> None:
    links = [path(database, tmp_path), path(database, tmp_path) + "/unsubscribe"]
    for link in [*links, path(database, tmp_path, Purpose.CONFIRM) + "/confirm"]:
        assert client.open(link, method=method).status_code == 200
    assert (state_of(lea(database)), lea(database).rhythm) == (State.UNCONFIRMED, "weekly")


def test_the_page_behind_the_link_has_a_button_that_unsubscribes(
    client: FlaskClient, database: AppDatabase, tmp_path: object
) -> None:
    page = client.get(path(database, tmp_path) + "/unsubscribe").text
    assert f'<form method="post" action="{path(database, tmp_path)}/unsubscribe">' in page


@pytest.mark.parametrize("end", ["", "/unsubscribe", "/confirm"])
def test_a_forged_link_does_nothing(client: FlaskClient, database: AppDatabase, tmp_path: object, end: str) -> None:
    before = vars(lea(database))
    for link in (path(database, tmp_path)[:-1] + "~", f"/email/1-{'A' * 24}", "/email/1"):
        for answer in (client.get(link + end), client.post(link + end, data={"rhythm": "none"})):
            assert answer.status_code == 410
            assert LEA not in answer.text
    assert vars(lea(database)).items() >= {key: before[key] for key in ("rhythm", "confirmed_at")}.items()


def test_a_link_of_an_entry_that_was_removed_does_nothing(
    client: FlaskClient, database: AppDatabase, tmp_path: object
) -> None:
    old = path(database, tmp_path)
    with database.transaction() as session:
        session.delete(session.get_one(ReportRecipient, lea(database).id))
    assert client.post(old + "/unsubscribe").status_code == 410


def test_choices_are_kept_and_shown(client: FlaskClient, database: AppDatabase, tmp_path: object) -> None:
    link, form = path(database, tmp_path), {"language": "en", "rhythm": "monthly", "weekday": "2", "hour": "18", "view": "to-contact"}  # fmt: skip
    answer = client.post(link, data=form)
    assert "Your choices are saved. On the 1st of each month at 18:00, about the month before." in answer.text
    found = lea(database)
    assert (found.language, found.rhythm, found.weekday, found.hour, found.view_key) == ("en", "monthly", 2, 18, "to-contact")  # fmt: skip
    assert '<option value="18" selected>' in client.get(link).text


@pytest.mark.parametrize(
    "wrong",
    [{"hour": "24"}, {"hour": "-1"}, {"weekday": "7"}, {"weekday": "Monday"}, {"rhythm": "hourly"}, {"language": "xx"}, {"view": "gone"}, {"hour": "9" * 5000}],
    ids="-".join,
)  # fmt: skip
def test_a_choice_that_is_none_is_refused(
    client: FlaskClient, database: AppDatabase, tmp_path: object, wrong: dict[str, str]
) -> None:
    answer = client.post(path(database, tmp_path), data={"language": "en"} | wrong)
    assert answer.status_code == 422
    assert (lea(database).hour, lea(database).language) == (8, None)


def test_the_page_is_in_the_language_of_the_emails(
    client: FlaskClient, database: AppDatabase, tmp_path: object
) -> None:
    french = client.get(path(database, tmp_path), headers={"Accept-Language": "en"}).text
    assert '<html lang="fr"' in french
    assert "Se désinscrire" in french
    client.post(path(database, tmp_path), data={"language": "en"})
    assert '<html lang="en"' in client.get(path(database, tmp_path), headers={"Accept-Language": "fr"}).text


def test_who_confirms_by_the_button_gets_reports(client: FlaskClient, database: AppDatabase, tmp_path: object) -> None:
    link = path(database, tmp_path, Purpose.CONFIRM) + "/confirm"
    assert client.post(link.replace("/confirm", "/unsubscribe")).status_code == 410
    assert client.post(link).status_code == 200
    assert state_of(lea(database)) == State.ACTIVE


def test_nothing_of_the_dashboard_opens_with_the_link(
    client: FlaskClient, database: AppDatabase, tmp_path: object
) -> None:
    client.post(path(database, tmp_path), data={"hour": "9"})
    for page in ("", "/settings", "/leads"):
        assert client.get(f"/{SITE}{page}").status_code == 302
