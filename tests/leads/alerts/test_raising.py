"""An alert is raised once for what happened, whatever comes late, stops or looks again."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from tests.leads.alerts.conftest import Told
from tracker.db.workflow_models import CompanyList, CompanyListEntry
from tracker.leads.alerts.rule_changes import change_rule, pause_rule, resume_rule
from tracker.leads.alerts.rules import NewRule, list_rules, put_rule_back, remove_rule
from tracker.leads.alerts.rules_vocabulary import Channel, Trigger
from tracker.leads.alerts.watching import LOOKED_AT_WITHIN, Watching, anyway_after, rest_after
from tracker.leads.workflow.views import save_view
from tracker.sites.trash import Thing, bring_back
from tracker.stats.dimensions import Dimension
from tracker.stats.filters import Comparison
from tracker.stats.goals.rows import add_goal, remove_goal
from tracker.store.batch import Batch, SegmentPosition


def test_a_visit_is_raised_with_its_message_in_the_next_look(told: Told) -> None:
    told.rule(name="Anybody")
    told.visit("Armor", company_domain="armor.example", source="LinkedIn")
    assert told.look() == ["armor.example 2026-11-16"]
    (message,) = told.messages()
    assert message["type"] == "alert.raised"
    assert message["data"]["rule"]["name"] == "Anybody"
    (alert,) = message["data"]["alerts"]
    assert (alert["company"]["name"], alert["source"]) == ("Armor", "LinkedIn")
    assert alert["company"]["score"] > 0


def test_a_company_is_raised_once_a_day_however_often_it_is_looked_at(told: Told) -> None:
    told.rule()
    told.visit("Armor")
    assert told.look() == ["armor 2026-11-16"]
    told.visit("Armor")
    assert told.look() == []
    told.restart()
    assert told.look() == []
    told.clock.now += timedelta(days=1)
    told.visit("Armor")
    assert told.look() == ["armor 2026-11-17"]
    assert told.look(later=timedelta(days=2)) == []


def test_a_visit_over_midnight_stays_one_as_the_days_go_by(told: Told) -> None:
    told.rule()
    told.clock.now += timedelta(hours=14)  # 00:00 in Paris
    told.visit("Armor", (0, "/"), (1200, "/a"), at="2026-11-16T23:50+01:00")
    assert told.look(later=timedelta(minutes=30)) == ["armor 2026-11-16"]
    for _ in range(4):
        assert told.look(later=timedelta(hours=8)) == []


def test_what_happened_before_the_rule_was_made_is_no_news(told: Told) -> None:
    told.visit("Armor", at="2026-11-16T09:00+01:00")
    told.rule()
    assert told.look() == []


def test_a_visit_under_way_when_the_rule_is_made_counts_from_its_next_page(told: Told) -> None:
    told.clock.now += timedelta(minutes=10)
    told.rule()
    told.visit("Armor", (0, "/"), (700, "/tarifs"), at="2026-11-16T10:00+01:00")
    assert told.look() == ["armor 2026-11-16"]


def test_a_hit_that_arrives_hours_late_is_raised(told: Told) -> None:
    told.rule()
    told.look(later=timedelta(hours=20))
    told.visit("Armor", at="2026-11-16T10:30+01:00")
    assert told.look() == ["armor 2026-11-16"]


def test_what_came_while_the_service_stood_still_is_raised_after_the_start(told: Told) -> None:
    told.rule()
    told.look()
    told.visit("Armor", at="2026-11-17T10:00+01:00")
    told.restart()
    assert told.look(later=timedelta(days=4)) == ["armor 2026-11-17"]


def test_a_backlog_of_the_journal_is_not_passed_over(told: Told) -> None:
    told.rule()
    told.lag = 1
    assert told.look(later=timedelta(days=3)) == []
    told.visit("Armor", at="2026-11-16T11:00+01:00")
    told.lag = 0
    assert told.look() == ["armor 2026-11-16"]


def test_a_rule_of_a_list_tells_only_its_companies_and_those_that_come_later(told: Told) -> None:
    with told.database.transaction() as session:
        entered = CompanyList(site_id=told.site.id, name="Targets", imported_at=told.clock(), imported_by="lea")
        session.add(entered)
        session.flush()
        session.add(CompanyListEntry(list_id=entered.id, written="kerjean.example", domain="kerjean.example"))
    told.rule(list_name="Targets")
    told.visit("Armor")
    told.visit("Kerjean", company_domain="kerjean.example")
    assert told.look() == ["kerjean.example 2026-11-16"]


def test_whoever_begins_to_be_in_a_view_is_raised_and_whoever_is_there_already_is_not(told: Told) -> None:
    told.visit("Armor")
    told.rule(Trigger.SEGMENT, view_key="new")
    assert told.look() == []
    told.visit("Kerjean")
    assert told.look() == ["kerjean 2026-11-16"]
    assert told.look() == []


def test_a_view_that_was_removed_tells_nothing(told: Told) -> None:
    told.rule(view_key="gone")
    told.visit("Armor")
    assert told.look() == []


def test_a_rule_is_removed_with_what_it_raised(told: Told) -> None:
    rule = told.rule()
    told.visit("Armor")
    told.look()
    assert remove_rule(told.database, told.site.id + 1, rule.id, by=None, now=told.clock()) is None
    gone = remove_rule(told.database, told.site.id, rule.id, by=None, now=told.clock())
    assert gone is not None
    assert gone.name == rule.name
    assert (told.alerts(), told.messages()) == ([], [])


def test_a_rule_that_is_brought_back_tells_what_happens_from_then_on(told: Told) -> None:
    rule = told.rule()
    gone = remove_rule(told.database, told.site.id, rule.id, by="lea@exemple.fr", now=told.clock())
    assert gone is not None
    told.visit("Armor")
    told.clock.now += timedelta(minutes=5)
    back = bring_back(told.database, told.site.id, gone.number, {Thing.ALERT: put_rule_back}, now=told.clock())
    assert back is not None
    (found,) = list_rules(told.database, told.site.id)
    assert (found.name, found.target, found.secret) == (rule.name, rule.target, rule.secret)
    assert told.look() == [], "what happened while it was away is no news"
    assert bring_back(told.database, told.site.id, gone.number, {Thing.ALERT: put_rule_back}, now=told.clock()) is None


def test_a_paused_rule_raises_nothing_and_what_happened_in_the_pause_is_no_news(told: Told) -> None:
    rule = told.rule()
    pause_rule(told.database, told.site.id, rule.id, now=told.clock())
    told.visit("Armor")
    assert told.look() == []
    resume_rule(told.database, told.site.id, rule.id, now=told.clock())
    assert told.look() == []
    told.visit("Kerjean")
    assert told.look() == ["kerjean 2026-11-16"]


def test_a_rule_that_watches_others_from_now_on_takes_who_is_among_them_by_now_as_no_news(told: Told) -> None:
    told.visit("Armor")
    rule = told.rule(Trigger.SCORE, amount=99)
    assert told.look() == []
    changed = NewRule(rule.name, Trigger.SCORE, Channel.WEBHOOK, rule.target, amount=1)
    change_rule(told.database, told.site.id, rule.id, changed, now=told.clock())
    assert told.look() == []
    told.visit("Kerjean")
    assert told.look() == ["kerjean 2026-11-16"]


def test_a_hit_of_a_company_is_looked_at_at_once_and_other_hits_within_a_minute(told: Told) -> None:
    told.rule()
    told.rule(Trigger.OTHER_DOMAIN)
    soon = timedelta(seconds=10)
    assert told.look() == []
    told.blog.visit(told.clock().isoformat(), (0, "/"), hostname="elsewhere.example")
    told.store.append(Batch({}, positions=[SegmentPosition("1", 10, 1, 1, {})]))
    assert told.look(later=soon) == []
    told.visit("Armor")
    told.store.append(Batch({}, positions=[SegmentPosition("1", 20, 2, 2, {})]))
    assert told.look(later=soon) == ["armor 2026-11-16", "host elsewhere.example"]


def test_however_long_looks_take_a_visit_is_looked_at_within_the_minute() -> None:
    for took in (0.125, 0.5, 1.0, 4.0, 4.25, 5.5, 10.0, 20.0, 24.0):
        assert took + rest_after(took) + took <= LOOKED_AT_WITHIN
        assert anyway_after(took).total_seconds() + 2.0 + took <= LOOKED_AT_WITHIN
        assert rest_after(took) <= max(2.0, 10 * took)
    assert rest_after(300.0) == 2.0


def test_a_clock_that_was_ahead_hides_nothing_once_it_is_right(told: Told) -> None:
    year = timedelta(days=365)
    rule = told.rule()
    told.visit("Armor")
    assert told.look() == ["armor 2026-11-16"]
    told.look(later=year)
    later = told.rule(name="Made meanwhile")
    told.clock.now -= year
    told.visit("Kerjean")
    assert told.look() == ["kerjean 2026-11-16"]  # of the first rule; the other begins anew
    told.visit("Vauban")
    assert told.look() == ["vauban 2026-11-16"] * 2
    assert {one.rule_id for one in told.alerts()[-2:]} == {rule.id, later.id}


def test_two_services_on_one_folder_raise_each_alert_once(told: Told) -> None:
    told.rule()
    told.rule(Trigger.FIRST_VISIT)
    told.look()
    together = Barrier(2)

    def watch() -> None:
        watching = Watching(told.database, told.store, late=timedelta(hours=24), lag_bytes=lambda: 0, now=told.clock)
        for number in range(3):
            if not together.wait():
                told.clock.now += timedelta(minutes=1)
                told.visit(f"Company {number}")
            together.wait()
            watching()

    both = [Thread(target=watch) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    told.look()  # of both at once one may have been refused
    assert len(told.alerts()) == len({(one.rule_id, one.key) for one in told.alerts()}) == 6
    assert len(told.messages()) == 6


@pytest.mark.parametrize("trigger", [Trigger.VISIT, Trigger.SEGMENT])
def test_a_view_by_a_goal_that_was_removed_has_nobody_and_stops_no_other_rule(told: Told, trigger: Trigger) -> None:
    key = add_goal(told.database, told.site.domain, kind="page", pattern="/merci*", name="Thanks", points=5, now=told.clock())  # fmt: skip
    filters = (Comparison(Dimension.GOAL, "is", (key,)),)
    view = save_view(told.database, told.site.id, "Thanked", filters, sort="score", columns=(), by="lea@exemple.fr", now=told.clock())  # fmt: skip
    told.rule(trigger, view_key=view.key)
    assert told.look() == []
    told.visit("Armor", (0, "/"), (60, "/merci"))
    assert told.look(later=timedelta(hours=1)) == ["armor 2026-11-16"]
    remove_goal(told.database, told.site.domain, key, by="lea@exemple.fr", now=told.clock())
    told.rule()
    told.visit("Kerjean", (0, "/"), (60, "/merci"))
    assert told.look(later=timedelta(hours=2)) == ["kerjean 2026-11-16"]
