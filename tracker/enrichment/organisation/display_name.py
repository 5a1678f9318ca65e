"""An organisation's name as people write it: "AS12345 ACME-NET Acme Holding GmbH" is "Acme Holding".

Pure. Registries write numbers, handles, capitals, quotes, legal forms and places around a name; this takes them off and
leaves the name. Two companies of one group stay two: "RENAULT SAS" is Renault, "Renault Trucks SAS" Renault Trucks.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.organisation.known import known_organisation
from tracker.enrichment.organisation.legal_forms import is_legal_form, without_legal_form
from tracker.enrichment.organisation.name_tokens import tokens_of

_NUMBER = re.compile(r"^as\d+\b[\s:,-]*", re.IGNORECASE)
_TRADING_AS = re.compile(r"\b(?:trading as|t/a|d[./]?b[./]?a\.?|doing business as)\s+(?=\S)", re.IGNORECASE)
_SEAT = re.compile(r",\s*[A-Z]{2}$")
_CODE = re.compile(r"^(?=[A-Z0-9-]*\d)[A-Z0-9-]+\s+-\s+")
_ASIDE = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?")
_QUOTES = str.maketrans(dict.fromkeys('"“”„«»‘`', " ") | {"_": " ", "’": "'"})
# A handle in front of the name it stands for: ACME-NET, AS-ACME, ACME-AS-AP.
_HANDLE = re.compile(
    r"^(?:AS-[A-Z0-9-]+|[A-Z0-9]+(?:-[A-Z0-9]+)*-(?:AS|ASN|NET|AP|EU|BLK|[A-Z]{2}))(?:\s+-)?\s+(?=\S*[A-Za-z]{2})"
)
_HANDLE_ENDING = re.compile(r"-(?:AS\d*|ASN\d*|NET|NETWORK|AP|BLK|BLOCK|AUTONOMOUS-SYSTEM)$")
_HANDLE_PLACE = re.compile(
    r"-(?:FR|DE|UK|GB|BE|CH|LU|NL|ES|IT|PT|AT|PL|CZ|SE|NO|DK|FI|US|CA|IE|RO|HU|BG|GR|EU|RU|UA|IN|CN|JP|AU|BR)$"
)

_SMALL_WORDS = frozenset(
    "de du des la le les et d l of the and for und der die das dem den fur del di da do dos das e y i van von en au aux a to in im am zu "
    "per con para por et al na ve u z w a og och for em el y o".split()
)
# Words that no name ends with.
_LEADING_ON = frozenset(
    "de du des la le les et and of the und der die das fur für del della di da do dos das y e i van von avec mit for pour para per & + -".split()
) - {"e", "i", "da", "do", "y"}
_ACRONYMS = frozenset(
    "ratp cern nasa onera inra inrae insee ensam esiea fifa uefa axa edf rte ibm ing ubs abb bbva maif macif afnor ademe apec ircam ifremer ineris inpi insa ehess icade "
    "imec rtbf siae aphp saur sicae sacem sodexo-it nato osce opec bafa usa uae ucla mit eth epfl ieee isae icrc ensta ecam esa eso esrf iata ioc iso itu who wto".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?", re.UNICODE)
_VOWELS = frozenset("aeiouyàâäéèêëîïôöùûüœæåø")
_CLUSTER = re.compile(
    r"[bcdfghjklmnpqrstvwxz]{4,}|^[bcdfghjklmnpqrstvwxz]{3,}(?<!sch)(?<!str)(?<!spr)(?<!scr)(?<!thr)(?<!chr)",
    re.IGNORECASE,
)
_COMMON_END = re.compile(
    r"(?:[aeiouy].?|[aeiouy](?:st|nt|nd|rt|rd|ld|lt|lk|nk|ck|ll|ss|tt|rs|rm|rn|rk|rp|lf|ff|ft|mp|ng|ch|sh|th|ns|ts|ks|ms|ds|ps|ph|ct|pt|rg|rz|tz|lm|ln|xt|rb|lb|gs|gn|sk|sp|sch|ght|wn|wl|wk|ws|ys|yn|yd|hn|dt|rld|rth|rch|ths|lls|ngs|rst|nst|nds|nts|rts|cks))$"
)


@lru_cache(maxsize=8_192)
def clean_organisation_name(name: str) -> str:
    """The name for people; empty when there is nothing but a number and a legal form."""
    plain = _NUMBER.sub("", name.translate(_QUOTES))
    text = _ASIDE.sub("", plain).strip() or plain
    text = _SEAT.sub("", _TRADING_AS.split(text)[-1])
    text = _said_once(_CODE.sub("", _without_handle(text)))
    tokens = [token.strip(",;'") for token in text.split()]
    kept = [token for token in without_legal_form([token for token in tokens if token]) if token not in {"-", "/", "|"}]
    plain = " ".join(without_legal_form(_without_dangling(kept))).strip(" ,.;:-/&+")
    if not any(letter.isalpha() for letter in plain):
        return ""
    known = known_organisation(plain)
    return known.name if known else _for_people(plain)


def _without_dangling(tokens: list[str]) -> list[str]:
    """The tokens less the words at the end that lead on to something: registries cut long names off ("… AG und")."""
    end = len(tokens)
    while end > 1 and tokens[end - 1].lower().strip(".,;:-/") in _LEADING_ON:
        end -= 1
    return tokens[:end]


def _without_handle(text: str) -> str:
    """The name behind a handle; "OMEGA-NET Ltd" has none behind it, so that it is the name itself."""
    rest = _HANDLE.sub("", text, count=1)
    return text if is_legal_form(rest) else rest


def _said_once(text: str) -> str:
    """The name once where it is written twice: "Exempel Bank - Exempel Bank"."""
    first, dash, second = text.partition(" - ")
    return first if dash and first.lower() == second.lower() else text


def _for_people(text: str) -> str:
    if " " not in text and text.isupper() and "-" in text:
        text = _HANDLE_PLACE.sub("", _HANDLE_ENDING.sub("", text.removeprefix("AS-"))) or text
    words = text.split(" ")
    shouted = sum(word.isupper() and len(word) > 3 for word in words)
    if not shouted or (
        not text.isupper() and shouted * 2 < len(words) and not any(len(word) > 6 and word.isupper() for word in words)
    ):
        return _first_letter(text)
    return _first_letter(" ".join(_natural(word, first=not place) for place, word in enumerate(words)))


def _first_letter(text: str) -> str:
    """Names without a capital get one; "iGuazu" and "thyssenkrupp Presta" stay."""
    if not text.islower():
        return text
    return " ".join(
        word if word in _SMALL_WORDS and place else word.capitalize() for place, word in enumerate(text.split(" "))
    )


def _natural(word: str, *, first: bool) -> str:
    """A word in capitals as it is written in a text; other words stay."""
    if not word.isupper():
        return word
    lower = word.lower()
    if not first and lower in _SMALL_WORDS:
        return lower
    return _WORD.sub(lambda match: _natural_part(match[0], first=first), word)


def _natural_part(part: str, *, first: bool) -> str:
    lower = part.lower()
    head, apostrophe, rest = lower.partition("'")
    if apostrophe and len(head) == 1 and len(rest) > 1:
        return f"{head.upper() if first else head}'{_natural_part(rest.upper(), first=True)}"
    return part if is_acronym(lower) else lower.capitalize()


@lru_cache(maxsize=8_192)
def is_acronym(word: str) -> bool:
    """Whether a word (in small letters) is read letter by letter: no vowel, too short, or nothing one can say."""
    if word in _ACRONYMS:
        return True
    if word in _SHORT_WORDS:
        return False
    if len(word) <= 3:
        return True
    if not _VOWELS & set(word):
        return True
    plain = "".join(tokens_of(word))
    return len(plain) <= 5 and bool(_CLUSTER.search(plain) or not _COMMON_END.search(plain))


# Short words that are words.
_SHORT_WORDS = frozenset(
    "art bad bau bay big box bus car city club day eau fan fox gas gaz ice ile jet job key land law life line lot mer mon new nor oil old one pan pay pet pin port "
    "pro red rio san sea sky sol son spa sud sun sur tax tea ten top toy two uno use val vin web zen zoo lac bel ben col dom est fer gut hub lab log max met mid "
    "net out par rey roc sac sea set sin sir six tan tel ton van via win won agua acqua ltd inc air aid all and any app bar bed bee bio bit blue book der fly fun get "
    "hot ink inn ion iron joy kit let lux mad man map med men mix mob nex non nur off our own pen pub raw ray rex sam saw see she ski sub tec the tim tip try uni vet war way wax yes you zip "
    "high tech north east west schw data".split()
) - {"ion", "spa"}
