"""Makes common_passwords.txt out of the lists of the package zxcvbn.

uv run --with zxcvbn python tools/make_common_passwords.py
"""

from __future__ import annotations

import re
from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS

# A password may have this length, so all common ones from it on are listed. Of shorter ones frequent words are listed:
# longer passwords contain them.
_LONG = 10
_MOST_FREQUENT = 5_000
_WORD = re.compile(r"[a-z]{5,}")

# Further common passwords in the product's languages.
_OURS = """
administrateur administrator adminadmin azerty azertyuiop azertyuiopqsdfghjklm azertyuiopqsdfghjklmwxcvbn bienvenue
bonjour bonsoir changeme changemoi chocolat chouchou coucou correcthorsebatterystaple default doudou entreprise football
france iloveyou jetaime jetaimemaman jetaimepapa lemotdepasse letmein loulou maison marketing marseille mdp monmotdepasse
motdepasse motdepassesecret motdepasseoublie mypassword nicolas parisparis password passwordpassword princesse provisoire
qwerty qwertyuiop qwertyuiopasdfghjklzxcvbnm qwertz secret soleil superman temporaire utilisateur welcome
""".split()


def main() -> None:
    leaked = list(FREQUENCY_LISTS["passwords"])
    long = {one for one in leaked if len(one) >= _LONG}
    words = {one for one in leaked[:_MOST_FREQUENT] if _WORD.fullmatch(one)}
    found = sorted(long | words | set(_OURS))
    Path("tracker/accounts/data/common_passwords.txt").write_text("\n".join(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
