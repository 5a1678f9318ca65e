"""Payment and sign-in services, from which a visitor comes back: such a referrer is not a new source.

Pure. Plausible and Google ask the publisher to list such hosts; these are the ones of the large providers and of French
banks and administrations.
"""

from __future__ import annotations

import re

_HOSTS = frozenset(
    # Payment.
    "paypal.com checkout.stripe.com js.stripe.com hooks.stripe.com buy.stripe.com billing.stripe.com pay.google.com"
    " payments.google.com pay.klarna.com checkout.klarna.com js.klarna.com adyen.com checkout.com mollie.com hipay.com"
    " hipay-tpp.com payplug.com getalma.eu almapay.com oney.fr payzen.eu systempay.fr systempay-systempay.fr lyra.com"
    " payline.com sips-services.com paybox.com ogone.com worldline-solutions.com worldpay.com monetico-services.com"
    " sogecommerce.societegenerale.eu scelliuspaiement.labanquepostale.fr clicandpay.groupecdn.fr e-transactions.fr"
    " mercanet.bnpparibas.net stancer.com gocardless.com pay.sumup.com squareup.com braintreegateway.com"
    " checkout.shopify.com shop.app checkout.helloasso.com paylib.fr wero-wallet.eu lydia-app.com scalapay.com sofort.com"
    " giropay.de cardinalcommerce.com arcot.com 3dsecure.io pay.amazon.com payments.amazon.com apay-us.amazon.com"
    " checkout.lemonsqueezy.com checkout.paddle.com buy.paddle.com pay.apple.com secure.checkout.visa.com"
    # Signing in.
    " accounts.google.com accounts.youtube.com login.microsoftonline.com login.microsoft.com login.live.com"
    " account.live.com login.windows.net appleid.apple.com idmsa.apple.com auth0.com okta.com oktapreview.com onelogin.com"
    " duosecurity.com login.yahoo.com login.salesforce.com id.atlassian.com auth.atlassian.com auth.openai.com"
    " franceconnect.gouv.fr agentconnect.gouv.fr proconnect.gouv.fr idp.impots.gouv.fr lidentitenumerique.laposte.fr"
    " login.orange.fr id.orange.fr signin.aws.amazon.com amazoncognito.com b2clogin.com firebaseapp.com"
    " clerk.accounts.dev workos.com stytch.com challenges.cloudflare.com cloudflareaccess.com hcaptcha.com".split()
)
# Signing in on a network's own host.
_PATHS = re.compile(
    r"/(?:v\d+\.\d+/)?(?:dialog/oauth|oauth2?|i/oauth2|login/oauth|uas/login|ap/signin|checkoutnow|sessions?/verify)(?:/|$)"
)
# Host names of sign-in pages.
_LABELS = re.compile(r"(?:3ds2?|3dsecure|oauth2?|auth|login|sign-?in|sso|idp|adfs|keycloak|saml|openid|accounts)\d*")


def is_detour_host(host: str) -> bool:
    """Returns whether a host is for payments or sign-in."""
    suffix = host
    while "." in suffix:
        if suffix in _HOSTS:
            return True
        suffix = suffix.partition(".")[2]
    return False


def lets_people_in(host: str) -> bool:
    """Returns whether a host's name shows that people sign in or confirm a payment there."""
    first, _, rest = host.partition(".")
    return "." in rest and _LABELS.fullmatch(first) is not None


def is_detour_path(path: str) -> bool:
    """Returns whether a path is a network's page for sign-in or consent."""
    return _PATHS.match(path) is not None
