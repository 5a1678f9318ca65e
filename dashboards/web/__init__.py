"""The dashboard: server-rendered pages over the reports. `register` adds it to a Flask application."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask_wtf import CSRFProtect

from dashboards.web import assets, errors, headers, language, rendering, theme, waiting
from dashboards.web.advice import page as advice
from dashboards.web.alerts import views as alerts
from dashboards.web.annotations import views as annotation_views
from dashboards.web.broken_links import page as broken_links
from dashboards.web.corrections import possible
from dashboards.web.corrections import views as corrections
from dashboards.web.domains import views as domains
from dashboards.web.filters import views as filters
from dashboards.web.first_day import checklist
from dashboards.web.first_day import views as first_day_views
from dashboards.web.funnels import paths
from dashboards.web.funnels import views as funnels
from dashboards.web.goals import actions
from dashboards.web.outgoing_mail import OutgoingMail, SendEmail, no_mail
from dashboards.web.people import forgotten_password, invitation, new_password, people
from dashboards.web.plain_query import with_plain_query
from dashboards.web.realtime import views as realtime
from dashboards.web.recipients import email_status, notices, own_page, recipients
from dashboards.web.recipients.mailing import Mailing, no_mailing
from dashboards.web.registers import views as registers
from dashboards.web.service_status import Diagnose, ServiceStatus, no_diagnosis
from dashboards.web.sharing import shared
from dashboards.web.sharing import tokens as api_tokens
from dashboards.web.sharing import views as sharing
from dashboards.web.sign_in import login
from dashboards.web.sign_in.limit import SignInLimit
from dashboards.web.site import site_order
from dashboards.web.timing import page as timing
from dashboards.web.url_parts import DomainConverter, NumberConverter
from dashboards.web.views import (
    account,
    company,
    first_run,
    goal_settings,
    home,
    identify,
    leads,
    not_counted,
    opt_out,
    overview,
    sign_in,
    site_settings,
    sites,
    status,
)
from dashboards.web.workflow import company_lists, fit_settings, saved_views, trash, work_settings
from dashboards.web.workflow import views as workflow
from tracker.service.context import Context

__all__ = ["ServiceStatus", "register"]


def register(
    app: Flask,
    context: Context,
    service_status: Callable[[], ServiceStatus],
    send_email: SendEmail = no_mail,
    diagnose: Diagnose = no_diagnosis,
    mailing: Mailing | None = None,
) -> CSRFProtect:
    """Mounts every page; `service_status` looks at the running service, `send_email` sends while somebody waits.

    `diagnose` looks at everything that commonly goes wrong. `mailing` is the part that sends reports.

    Returns the CSRF protection, for blueprints that carry their own key to be exempt from.
    """
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a form is valid as long as its login
    app.wsgi_app = with_plain_query(app.wsgi_app)  # type: ignore[assignment,method-assign]
    csrf = CSRFProtect(app)
    app.url_map.converters |= {"domain": DomainConverter, "number": NumberConverter}
    login.register(app, context)
    waiting.register(app, context.settings.query_seconds)
    language.register(app)
    rendering.register(app, context, service_status)
    headers.register(app)
    site_order.register(app, context)
    errors.register(app)
    app.register_blueprint(assets.create_blueprint())
    app.register_blueprint(language.create_blueprint(context))
    app.register_blueprint(theme.create_blueprint())
    app.register_blueprint(home.create_blueprint(context))
    app.register_blueprint(first_run.create_blueprint(context))
    app.register_blueprint(opt_out.create_blueprint(context))
    for by_link in (own_page.create_blueprint(context), notices.create_blueprint(context)):
        csrf.exempt(by_link)  # the signed link or secret is the right to them, and no browser sends it by itself
        app.register_blueprint(by_link)
    mailing = mailing or no_mailing()
    limit, mail = SignInLimit(context.now), OutgoingMail(context, send_email)
    first_day = checklist.register(app, context, mail)
    app.register_blueprint(sign_in.create_blueprint(context, limit))
    app.register_blueprint(shared.create_blueprint(context, limit))
    app.register_blueprint(invitation.create_blueprint(context))
    app.register_blueprint(new_password.create_blueprint(context, mail))
    app.register_blueprint(forgotten_password.create_blueprint(context, limit, mail))
    views = (
        identify,
        sites,
        site_settings,
        domains,
        sharing,
        api_tokens,
        goal_settings,
        alerts,
        actions,
        funnels,
        paths,
        overview,
        realtime,
        annotation_views,
        filters,
        timing,
        broken_links,
        leads,
        workflow,
        saved_views,
        company_lists,
        work_settings,
        fit_settings,
        trash,
        possible,
        corrections,
        registers,
        company,
        advice,
        not_counted,
    )
    behind_the_door = [
        account.create_blueprint(context, limit, mail),
        people.create_blueprint(context, limit, mail),
        status.create_blueprint(context, service_status, diagnose, mailing),
        email_status.create_blueprint(context, mailing),
        recipients.create_blueprint(context, limit, mail, mailing),
        first_day_views.create_blueprint(first_day, limit),
        *(view.create_blueprint(context) for view in views),
    ]
    for blueprint in behind_the_door:
        blueprint.before_request(login.require_sign_in)
        app.register_blueprint(blueprint)
    return csrf
