"""What others add to a person's user agent: an IT department, a toolbar, a security program, a small maker.

An unknown word beside a whole browser is no sign of a bot. Words of the office (`Security`, `Library`, `Proxy-Paris`)
are taken out of such an agent before a bot's words are looked for; a bot's own words stay.
"""

from __future__ import annotations

import re
from functools import lru_cache

_COMMENT = r"\((?:[^()]|\([^()]*\))*\)"
# A comment with a system, an engine and the browser's own product with its version.
_WHOLE = re.compile(
    rf"Mozilla/5\.0 {_COMMENT} (?:AppleWebKit/[\d.+]+ \(KHTML, like Gecko\) (?:.*(?:Chrome|CriOS|FxiOS|EdgiOS|Version)/\d.*Safari/\d|(?:Version/4\.0 )?.*Mobile/\w)"
    r"|Gecko/[\d.]+ .*Firefox/\d|like Gecko)"
    r"|Mozilla/[45]\.0 \(compatible; MSIE \d"
)
_LONGEST = 1000
_SYSTEM = re.compile(r"Windows|Macintosh|X11|Linux|Android|iPhone|iPad|iPod|CrOS")

# What an office, a library or a program for people is called. Only a name with a version of its own is then a bot's.
_OFFICE = (
    r"prox(?:y|ies)|security|librar(?:y|ies)|research|internal|intelligence|anonymous|extended|index(?:ing)?|feeds?|java|python|perl|ruby|php|node|rust|golang|lua"
    r"|cert|accessibility|verification|automation|lambda"
)
# The same only where they stand alone: within a name (`AcmeTracker`, `ips-agent`) they are a bot's word.
_TRADE = (
    r"agents?|agency|workers?|leads?|discovery|survey|finder|downloader|download|monitoring|audit|ranking|rank|mining|miner|hunter|copy|fetch|harvest|reader|reading|metadata|preview|embedded|trackers?"
    r"|threats?|abuse|keyword|scan|synthetic|heartbeat|availability|diagnostics?|probe|exploit|recon|checker|inspector|analyzer|analyser|analy[sz]e|parser|resolver|extractor|classifier|collector|grabber|archiver?s?"
    r"|aggregator|importer|loader|scheduler|lookup|callback|citation|worm|reaper|snag|snoop|site[ -]?map|measurement|enrichment|dummy|categori[sz]er"
)
_OFFICE_WORDS = re.compile(
    rf"(?:\b[\w-]{{0,30}}(?:{_OFFICE})|(?<![\w-])(?:{_TRADE}))(?![a-z])(?:-[A-Za-z][\w-]{{0,30}})?(?! ?/?v?\d[\w.]*/|/v?\d| ?(?:bot|client))",
    re.IGNORECASE,
)
# Family names, places and words that only end like a bot, and what Internet Explorer’s shells wrote of themselves.
_NAMES = re.compile(
    r"\b(?:abbot|barbot|cabot|chabot|corbot|gobot|guibot|herbot|jabot|le[ -]?bot|nabot|rabot|ribot|sabot|talbot|tarbot|thibot|turbot|vibot)s?\b|\brobot(?:ics|ique)\b|\biRobot\b|spider-?man|(?<=[; ])user-agent: ?(?=mozilla/)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_whole_browser(agent: str) -> bool:
    """Whether an agent has all that a browser writes: a system, an engine and the browser's own name."""
    found = _WHOLE.match(agent[:_LONGEST])
    return found is not None and _SYSTEM.search(agent.partition(")")[0]) is not None


def without_office_words(agent: str) -> str:
    """A whole browser's agent without what only looks like a bot's word in the marks of an office or a program."""
    return _OFFICE_WORDS.sub("", _NAMES.sub("", agent))
