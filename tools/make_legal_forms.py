"""Makes legal_forms.txt from GLEIF's list of entity legal forms (ISO 20275): names and abbreviations, a form a line.

    python tools/make_legal_forms.py elf_codes.csv.gz

Forms are in small letters without accents, spaces and dots, as they are compared. What is also an ordinary word at the
end of a name ("Cooperative", "Foundation", "Bank") stays part of the name and is left out, and so are abbreviations of
one or two letters but the ones that companies are known to write.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from pathlib import Path

from tracker.enrichment.organisation.name_tokens import tokens_of

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"

# The short abbreviations that companies do write after their names.
_SHORT = frozenset(
    "sa ca ag se nv bv ab as oy kg lp ad sl ou og ev gp kk yk cv ks dd bt abp anl ans apb aps asa bhd doo dno ead eeig ehf gag gbr gie "
    "inc ivs keg kft ksc lda llc llp ltd nuf oao oeg ohg ood ooo oyj pao plc pte pty pvt saa sab sac sal sapi sas sau sca scl scm "
    "scp scs sia sll slp slu snc spa spj spk srl sro ssb tbk tov uab ulc zao zat zrt".split()
)
# Forms that the list has only in another spelling.
_OURS = (
    "inc incorporated corp corporation co company ltd limited llc llp lp plc pllc pc pvt private privateltd pvtltd privatelimited "
    "pvtlimited pteltd ptelimited pte pty ptyltd ptylimited sdnbhd bhd coltd companylimited companyltd corpltd coinc "
    "gmbh gmbhcokg gmbhcokgaa gmbhco cokg agcokg agcokgaa kgaa mbh gesmbh ggmbh ug ughaftungsbeschrankt egen eg ev eu ohg gbr "
    "ca na kpsc arl sa sas sasu sarl eurl snc scs sca scop selarl scrl sprl bvba srl spa sapa srls sadecv saderlcv srldecv sapidecv sapi decv sau slu sll slne sociedadlimitada "
    "scarl scpa socoop soccoop sociedadanonima sociedadeanonima saa sac sacv eirl eireli ltda ltdame ltdaepp me epp cialtda limitada sgps "
    "bv nv vof cvba vzw asbl ab as asa oyj oy aps ivs abp a/s "
    "doo dooel ad ead eood ood jdoo dd zao ooo oao pao ao jsc pjsc cjsc ojsc tov tdv too fop sro as spolsro akciovaspolecnost spzoo spzook spk spj "
    "spkomandytowa spolkazoo spolkazograniczonaodpowiedzialnoscia spolkakomandytowa spolkaakcyjna kft zrt nyrt bt uab mb sia osauhing "
    "anonimsirketi limitedsirketi as ltdsti tic kk kabushikikaisha godokaisha tbk persero fze fzc fzco fzllc wll ksc ksccpsc saog saoc qsc "
    "limitedliabilitycompany limitedliabilitypartnership publicjointstockcompany jointstockcompany closedjointstockcompany openjointstockcompany "
    "aktiengesellschaft aktiebolag anonimeteria societeanonyme societeparactionssimplifiee gesellschaftmitbeschrankterhaftung"
).split()
# A long form counts only with one of these words: the list also has embassies, parishes and fishermen's unions.
_COMPANY = re.compile(
    r"gesellschaft|societe|sociedad|sociedade|societa|societate|vennootschap|aktie|aksje|aktsion|aktsia|akciova|akcin|akcij|spolka|spolecnost|spolocnost"
    r"|limited|company|corporation|incorporated|drustvo|druzhestvo|anonim|osakeyhtio|korlatolt|reszvenytars|obshchestvo|bendrove|sabiedriba|selskab"
)
_WORDS = frozenset(
    "bezirk bund canton cantone commune comune district embassy ente fund gemeinde kanton mestoo other social societe impstr coop assn assoc club fond fdn ging kraj obec reit etat pension society union stift etc lord care conf".split()
)
_ORDINARY = re.compile(
    r"cooperat|kooperat|civil|mission|branch|sucursal|bank|sjuk|foren|religi|insurance|trust|club|benefit|professional"
)


def main(source: Path) -> None:
    with gzip.open(source, "rt", encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    kept = {"".join(tokens_of(form)) for form in _OURS}
    for column in (name for name in rows[0] if name.startswith(("Entity Legal Form name", "Abbreviations"))):
        forms = {"".join(tokens_of(part)) for row in rows for part in re.split(r"[;,]", row[column])}
        kept |= {form for form in forms if _is_form(form, abbreviated=column.startswith("Abbreviations"))}
    (DATA / "legal_forms.txt").write_text("\n".join(sorted(kept)) + "\n", encoding="utf-8")
    print(f"{len(kept)} forms")


def _is_form(form: str, *, abbreviated: bool) -> bool:
    if len(form) <= 3:
        return form in _SHORT
    if _ORDINARY.search(form):
        return False
    return len(form) <= 8 and form not in _WORDS if abbreviated else len(form) <= 60 and bool(_COMPANY.search(form))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
