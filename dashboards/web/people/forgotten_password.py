"""A forgotten password: asks for the email, and has the link sent there.

Whoever asks is told the same whether the email has an account or not, and as fast: account, link and message are looked
for and made in the background. The link's host is the settings', never the request's.
"""

from __future__ import annotations

from email.message import EmailMessage

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from dashboards.email.account_messages import reset_message
from dashboards.web.language import current_language
from dashboards.web.outgoing_mail import OutgoingMail
from dashboards.web.sign_in.limit import SignInLimit, keys_of_requests
from dashboards.web.site.forms import describe_problem
from dashboards.web.views.sign_in import answer_too_many, describe_wait
from tracker.accounts.emails import normalise_email
from tracker.accounts.password_resets import request_reset
from tracker.collector.client_ip import ClientIp, subscriber_of
from tracker.db.invalid import Invalid
from tracker.service.context import Context

# A placeholder for the token, which is made later, outside a request.
_PLACE = "TOKEN"


def create_blueprint(context: Context, limit: SignInLimit, mail: OutgoingMail) -> Blueprint:
    blueprint = Blueprint("forgotten_password", __name__)
    client = ClientIp(context.settings.trusted_proxies, context.settings.client_ip_header)

    @blueprint.get("/forgotten-password")
    def show() -> str:
        return _page(mail)

    @blueprint.post("/forgotten-password")
    def send() -> Response:
        email = request.form.get("email", "")
        if not mail.is_set_up:
            return make_response(_page(mail))
        if wait := limit.begin(keys_of_requests("password resets", subscriber_of(client.of(request.environ)))):
            return answer_too_many(_page(mail, email, describe_wait(wait)), wait)
        try:
            plain = normalise_email(email)
        except Invalid as problem:
            return make_response(_page(mail, email, describe_problem(problem)), 422)
        language, url = current_language(), context.settings.public_url + url_for("new_password.show", token=_PLACE)
        mail.send_later(lambda: _message(context, mail, plain, language, url))
        return make_response(render_template("new_password_sent.html", email=plain))

    return blueprint


def _message(context: Context, mail: OutgoingMail, email: str, language: str, url: str) -> EmailMessage | None:
    """Returns the email to an existing account; None for an unknown one."""
    found = request_reset(context.app_db, email, now=context.now())
    if found is None:
        return None
    user, token = found
    return reset_message(
        user.language or language,
        sender=mail.sender,
        recipient=user.email,
        url=url.replace(_PLACE, token),
        now=context.now(),
    )


def _page(mail: OutgoingMail, email: str = "", problem: str | None = None) -> str:
    return render_template("forgotten_password.html", email=email, problem=problem, sends_email=mail.is_set_up)
