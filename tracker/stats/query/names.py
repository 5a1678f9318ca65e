"""The words of a Stats API v2 query: Plausible's names of metrics and dimensions, and ours beside them.

Source: https://plausible.io/docs/stats-api.
"""

from __future__ import annotations

from tracker.stats.scope import Dimension

# A query's metrics by the names in `metrics.METRICS`; a percentage is made of visitors afterwards.
METRICS = {
    "visitors": "visitors",
    "visits": "visits",
    "pageviews": "pageviews",
    "views_per_visit": "views_per_visit",
    "bounce_rate": "bounce_rate",
    "visit_duration": "visit_duration_seconds",
    "engaged_seconds": "engaged_seconds",
    "time_on_page": "page_seconds",
    "scroll_depth": "scroll_depth",
    "events": "events",
    "percentage": "visitors",
}

DIMENSIONS: dict[str, Dimension] = {
    "event:page": Dimension.PAGE,
    "event:name": Dimension.EVENT,
    "event:hostname": Dimension.HOSTNAME,
    "event:title": Dimension.TITLE,
    "visit:entry_page": Dimension.ENTRY_PAGE,
    "visit:exit_page": Dimension.EXIT_PAGE,
    "visit:source": Dimension.SOURCE,
    "visit:channel": Dimension.CHANNEL,
    "visit:referrer": Dimension.REFERRER,
    "visit:utm_source": Dimension.SOURCE,
    "visit:utm_medium": Dimension.MEDIUM,
    "visit:utm_campaign": Dimension.CAMPAIGN,
    "visit:utm_content": Dimension.CONTENT,
    "visit:utm_term": Dimension.TERM,
    "visit:device": Dimension.DEVICE,
    "visit:browser": Dimension.BROWSER,
    "visit:browser_version": Dimension.BROWSER_VERSION,
    "visit:os": Dimension.OS,
    "visit:os_version": Dimension.OS_VERSION,
    "visit:country": Dimension.COUNTRY,
    "visit:region": Dimension.REGION,
    "visit:city": Dimension.CITY,
    "visit:language": Dimension.LANGUAGE,
    "visit:social_kind": Dimension.SOCIAL_KIND,
    "visit:company": Dimension.COMPANY,
    "visit:company_domain": Dimension.COMPANY_DOMAIN,
    "visit:organisation": Dimension.ORGANISATION,
    "visit:network_kind": Dimension.NETWORK_KIND,
}
TIMES = {"time:hour": "hour", "time:day": "day", "time:week": "week", "time:month": "month"}


class QueryError(ValueError):
    """The query cannot be answered as it is; the message says what to write instead."""
