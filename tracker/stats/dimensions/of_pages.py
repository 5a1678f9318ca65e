"""What visits did and on which pages: pages, events, goals, titles and searches."""

from __future__ import annotations

from tracker.stats.dimensions.definition import Definition, Level
from tracker.stats.messages import message
from tracker.stats.site_pages.site_search import searched_for

PAGE = Definition(
    message("Page"),
    ("event:page",),
    Level.EVENT,
    column="path",
    # A visit bounces on the page that it entered by, as Plausible has it.
    visit_column="entry_page",
    panel="pages",
    title=message("Pages"),
    done=message("read"),
    not_done=message("did not read"),
)
EVENT = Definition(
    message("Event"),
    ("event:name",),
    Level.EVENT,
    column="name",
    done=message("did"),
    not_done=message("did not do"),
)
FORM = Definition(
    message("Form"),
    ("event:props:form",),
    Level.EVENT,
    column="props",
    of_property="form",
    done=message("sent the form"),
    not_done=message("did not send the form"),
)
LINK = Definition(
    message("Link"),
    ("event:props:url",),
    Level.EVENT,
    column="props",
    of_property="url",
    done=message("followed the link"),
    not_done=message("did not follow the link"),
)
# The publisher's own properties; a value is `key=value`. The API also knows each as `event:props:KEY`.
PROPERTY = Definition(
    message("Property"),
    ("event:props",),
    Level.EVENT,
    column="props",
    done=message("with"),
    not_done=message("without"),
)
CURRENCY = Definition(
    message("Currency"),
    ("event:currency",),
    Level.EVENT,
    done=message("paid in"),
    not_done=message("did not pay in"),
)
# A goal of the site by its key or name (tracker.stats.goals.filtering). No event has it: it is one of these filters.
GOAL = Definition(
    message("Goal"),
    ("event:goal",),
    Level.EVENT,
    column="name",
    vocabulary="goal",
    done=message("reached"),
    not_done=message("did not reach"),
)
HOSTNAME = Definition(
    message("Host"),
    ("event:hostname",),
    Level.EVENT,
    panel="pages",
    more=True,
    title=message("Hosts"),
    done=message("visited"),
    not_done=message("did not visit"),
)
TITLE = Definition(
    message("Title"),
    ("event:title",),
    Level.EVENT,
    done=message("read"),
    not_done=message("did not read"),
)
SITE_SEARCH = Definition(
    message("Site search"),
    ("event:site_search",),
    Level.EVENT,
    panel="pages",
    more=True,
    title=message("Site searches"),
    done=message("searched for"),
    not_done=message("did not search for"),
    vocabulary="site_search",
    only_named=True,
    worked_out=searched_for,
)
ENTRY_PAGE = Definition(message("Entry page"), ("visit:entry_page",), panel="pages", title=message("Entry pages"))
EXIT_PAGE = Definition(
    message("Exit page"),
    ("visit:exit_page",),
    column="path",
    of_last_page_view=True,
    panel="pages",
    title=message("Exit pages"),
)
