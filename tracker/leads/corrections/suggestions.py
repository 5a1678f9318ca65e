"""Which other companies of a site may be the same: one name begins with the other, or they share a domain."""

from __future__ import annotations

from collections.abc import Collection

from tracker.enrichment.organisation.name_beginnings import begins_with_name, name_words, rest_is_generic
from tracker.enrichment.organisation.name_tokens import may_have_token
from tracker.leads.companies.known import ListedCompany

_MOST = 3


def same_beginning(name: str, known: Collection[ListedCompany]) -> list[str]:
    """Returns the certain companies that may be the one of this name, those that most likely are first.

    Offered and never joined: *Orange County Schools* is not Orange.
    """
    own = next((one for one in known if one.name == name), None)
    domain, first = own.domain if own else None, name_words(name)[:1]

    def likeness(other: ListedCompany) -> int:
        if domain and other.domain == domain:
            return 3
        if not any(may_have_token(other.name, word) for word in first):
            return 0  # either both names have the same first word, or neither begins with the other
        if rest_is_generic(name, other.name) or rest_is_generic(other.name, name):
            return 2
        return int(begins_with_name(name, other.name) or begins_with_name(other.name, name))

    likely = [(-likeness(one), one.name) for one in known if one.sure and one.name != name]
    return [other for points, other in sorted(likely) if points][:_MOST]
