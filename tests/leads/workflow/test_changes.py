"""Changes of what is set for companies: history, undo, several at once, two people at the same time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.databases import new_app_database
from tracker.accounts.users import remove_user
from tracker.db.engine import AppDatabase
from tracker.db.models import Base, User
from tracker.db.workflow_models import CompanyNote
from tracker.leads.workflow.changes import Asked, Change, Outcome, change_companies, undo
from tracker.leads.workflow.states import UNTOUCHED, State, history, notes, states
from tracker.leads.workflow.vocabulary import Field, Kind
from tracker.leads.workflow.work_row import Person
from tracker.sites.removal import delete_site, set_aside
from tracker.sites.sites import add_site

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LEA, MARC = Person(1, "lea@exemple.fr"), Person(2, "marc@exemple.fr")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[AppDatabase]:
    opened = new_app_database(tmp_path / "app.sqlite")
    add_site(opened, "a.fr", now=NOW)
    with opened.transaction() as session:
        for one in (LEA, MARC):
            session.add(User(email=one.email, password_hash="x", created_at=NOW))
    yield opened
    opened.close()


def change(
    database: AppDatabase, *ids: str, seen: int | None = None, by: Person = LEA, **values: str | None
) -> Outcome:
    asked, changes = [Asked(one, seen) for one in ids], [Change(Field(name), value) for name, value in values.items()]
    return change_companies(database, 1, asked, changes, by=by, now=NOW)


def state(database: AppDatabase, company_id: str) -> State:
    return states(database, 1, [company_id]).get(company_id, UNTOUCHED)


def test_each_field_is_set_remembered_and_undone(database: AppDatabase) -> None:
    made = change(
        *(database, "acme.com"),
        status="contacted",
        kind="customer",
        owner="2",
        reminder="2026-12-01",
        hidden="yes",
        tag="VIP",
        note="Rappeler",
    )
    assert made.changed == ["acme.com"]
    found = state(database, "acme.com")
    assert found == State(
        found.version, "contacted", Kind.CUSTOMER, 2, date(2026, 12, 1), is_hidden=True, tags=("VIP",)
    )
    assert [(one.text, one.author) for one in notes(database, 1, "acme.com")] == [("Rappeler", LEA.email)]
    assert {one.field for one in history(database, 1, "acme.com")} == set(Field)
    assert {(one.made_by, one.made_at) for one in history(database, 1, "acme.com")} == {(LEA.email, NOW)}

    back = undo(database, 1, made.action, by=MARC, now=NOW)
    assert state(database, "acme.com") == State(state(database, "acme.com").version)
    assert notes(database, 1, "acme.com") == []
    assert undo(database, 1, made.action, by=MARC, now=NOW).changed == [], "once undone, it is undone"
    undo(database, 1, back.action, by=MARC, now=NOW)
    assert state(database, "acme.com").tags == ("VIP",), "an undo can be undone"
    assert len(notes(database, 1, "acme.com")) == 1


def test_several_at_once_are_one_action_and_what_is_set_already_is_no_change(database: AppDatabase) -> None:
    change(database, "a.com", status="lost")
    made = change(database, "a.com", "b.com", "name:C", status="lost")
    assert made.changed == ["b.com", "name:C"]
    assert undo(database, 1, made.action, by=LEA, now=NOW).changed == ["b.com", "name:C"]
    assert state(database, "a.com").status == "lost"
    assert len(history(database, 1, "a.com")) == 1


def test_of_two_people_the_second_is_told_what_the_first_did_and_nothing_is_lost(database: AppDatabase) -> None:
    seen = 0
    change(database, "a.com", seen=seen, by=LEA, status="contacted", kind="partner")
    second = change(database, "a.com", seen=seen, by=MARC, status="lost", owner="2", tag="B2B", note="Vu au salon")
    (refused,) = second.conflicts
    assert (refused.wanted.value, refused.theirs.after, refused.theirs.made_by) == ("lost", "contacted", LEA.email)
    found = state(database, "a.com")
    assert (found.status, found.kind, found.owner_id, found.tags) == ("contacted", Kind.PARTNER, 2, ("B2B",))
    again = change(database, "a.com", seen=found.version, by=MARC, status="lost")
    assert (again.conflicts, state(database, "a.com").status) == ([], "lost")


def test_an_undo_leaves_what_somebody_changed_since(database: AppDatabase) -> None:
    made = change(database, "a.com", status="contacted", tag="x")
    change(database, "a.com", by=MARC, status="customer")
    back = undo(database, 1, made.action, by=LEA, now=NOW)
    assert [one.theirs.after for one in back.conflicts] == ["customer"]
    found = state(database, "a.com")
    assert (found.status, found.tags) == ("customer", ())


def test_changes_at_the_same_moment_are_all_kept(database: AppDatabase) -> None:
    """Eight threads each add a tag and a note to the same companies, which have no row yet."""
    ready = threading.Barrier(8)

    def work(number: int) -> None:
        ready.wait()
        change(database, "a.com", "b.com", tag=f"t{number}", note=f"n{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for company in ("a.com", "b.com"):
        assert state(database, company).tags == tuple(f"t{number}" for number in range(8))
        assert {one.text for one in notes(database, 1, company)} == {f"n{number}" for number in range(8)}
        assert len(history(database, 1, company)) == 16


def test_somebody_s_account_goes_and_their_notes_keep_their_name(database: AppDatabase) -> None:
    made = change(database, "a.com", by=MARC, owner="2", note="Bonjour")
    change(database, "a.com", owner="1")
    remove_user(database, 2)
    (note,) = notes(database, 1, "a.com")
    assert (note.author_id, note.author) == (None, MARC.email)
    handed_over = history(database, 1, "a.com")[0]
    undo(database, 1, handed_over.action, by=LEA, now=NOW)
    assert state(database, "a.com").owner_id is None, "nobody owns it rather than somebody who is gone"
    assert made.changed == ["a.com"]


def test_a_site_that_goes_takes_all_of_it_along(database: AppDatabase) -> None:
    change(database, "a.com", status="lost", tag="x", note="y")
    delete_site(database, set_aside(database, "a.fr", by=None, now=NOW).id)
    with database.transaction() as session:
        for table in Base.metadata.sorted_tables:
            if table.name.startswith(("company_", "saved_", "workflow_")):
                assert session.scalar(select(func.count()).select_from(table)) == 0, table.name
        assert session.scalars(select(CompanyNote)).all() == []
