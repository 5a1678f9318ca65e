"""The parts of people's user agents that only look like a bot's: removed before words and lists are searched.

Phones that are named like bots, apps that show pages in their own web view, the carriers that Facebook's app names, the
Java machines of old phones, and what programs added to Internet Explorer.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.enrichment.bots.verdict import BotKind
from tracker.enrichment.text.pattern_set import FirstMatch, Pattern

_PHONES = r"\bCUBOT[\w ]*|\b[BMI]D?[ _]bot\b|POWER[ _]BOT|htc_botdugls|\bRobotBona|\bBotanic\w*|iRobot\b|\bHu[Bb]ot\b|\bBOTech\b|DESAY \w+|Build/UNKNOWN|Build/X{3,}"
_TELEVISIONS = r"HbbTV/[\d.]+ ?\([^()]*(?:\([^()]*\))?|\bOMI/[\w.-]+|NetCast\S*|Model/\S+|BrightSign/\S+|OctopusCore|com\.tcl\.browser"
# Java with a version is a program; Java with the name of its machine is a phone.
_OLD_PHONES = r"\bJava/[A-Z][\w.]*|\bjava_(?:build_version=|c_)\w*|\(Java; U; MIDP|Google WAP Proxy"
_BROWSERS = (
    r"SogouMSE,\w+|YandexSearch\w*|com\.yandex\.zen|Cronet/[\d.]+\)$|ViewSonic|Cam[Ss]can\w*|https?://(?:www\.)?\.?$|Seznam\.cz/[\d.]+"
    r"|(?:^Lynx/|^NCSA[_ ]Mosaic/).*libwww\S*|LibWeb\+LibJS|Embedded ?W(?:eb )?B\w*[^;()]*https?://\S+|^ICE Browser/[\d.]+ \(Java [\d.]+"
)
# Facebook writes the carrier's name, which may be a domain's, and the model.
_APPS = (
    r"\[FB(?:AN|AV|_IAB)\b[^\]]*\]?|\b(?:Slack(?:_SSB)?|Notion)/[\d.]+(?:-\w+)?(?: Chrome/|$)|\b1Password/[\d.]+ \(like|Outlook-iOS-Android/[\d.]+"
    r"|(?:Mobile/\w+|wv\) .*Safari/[\d.]+) (?:Feedly|Inoreader|Reeder|WhatsApp|Viber|Tumblr|Discord|Telegram|Pinterest|Quora|Evernote|Notion|Pocket|Instapaper|Flipboard)[ /]\S*"
    r"|^Outlook-Express/[\d.]+ \(MSIE|; Microsoft Outlook [\d.]+(?:; ms-office; MSOffice \d+)?|like Gecko\) WhatsApp/[\d.]+$"
)
_PEOPLE = f"{_PHONES}|{_TELEVISIONS}|{_OLD_PHONES}|{_BROWSERS}|{_APPS}"

# What stands between Android's version and the end of the comment or the build is the maker's to choose.
_MODEL = re.compile(r"(Android[ /][\d.]+;(?: U;)?(?: \w\w(?:[-_]\w\w)?;)?)(?! ?compatible)[^;()@+]*?(?= Build/|[;)])")


def without_people_words(agent: str) -> str:
    """The agent without a phone's model and the words of people's phones, browsers and apps that look like a bot's."""
    if "Android" in agent:
        agent = _MODEL.sub(r"\1", agent)
    return agent if _people().find(agent) is None else re.sub(_PEOPLE, "", agent, flags=re.IGNORECASE)


@lru_cache(maxsize=1)
def _people() -> FirstMatch:
    return FirstMatch([Pattern(_PEOPLE, "", BotKind.UNKNOWN)])
