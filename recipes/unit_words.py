"""What somebody meant who wrote a unit otherwise than UCUM does: for a message, never for a value.

``5 ml`` in a recipe is refused, not read as ``mL``: ``Mg`` and ``mg`` differ by a letter's size.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from recipes.units import ATOMS, known

# The spellings of everyday, English and German, in small letters.
SPELLINGS: Mapping[str, str] = {
    spelling: code
    for code, spellings in {
        "%": "percent prozent pct %rh rh vol% vol.-% vol-%",
        "[ppm]": "ppm",
        "L": "l litre litres liter liters ltr",
        "mL": "millilitre milliliter cc ccm",
        "uL": "microlitre mikroliter lambda",
        "kg": "kilo kilos kilogram kilogramm kilograms",
        "g": "gram grams gramm gr",
        "mg": "milligram milligramm",
        "ug": "mcg microgram mikrogramm",
        "wk": "week weeks wks woche wochen",
        "d": "day days tag tage tagen",
        "h": "hour hours hr hrs std stunde stunden",
        "min": "minute minutes minuten mins min.",
        "s": "sec secs second seconds sek sekunde sekunden",
        "Cel": "°c c degc deg_c celsius grad gradc °",
        "K": "kelvin °k",
        "mol/L": "m molar",
        "mmol/L": "mm",
        "umol/L": "um",
        "nmol/L": "nm",
        "osm": "osmol osmole",
        "mosm": "mosmol",
        "eq": "val equiv",
        "meq": "mval",
        "[pH]": "ph ph-wert phwert",
        "mm[Hg]": "mmhg torr",
        "[psi]": "psi",
        "Ohm": "ω",
        "[g]": "xg x_g ×g rcf g-force gforce",
        "[EU]": "eu ee endotoxin-units i.e.e",
        "[IU]": "iu ie i.e. i.u.",
        "[CFU]": "cfu cfus kbe {cfu} {kbe}",
        "[PFU]": "pfu pbe {pfu}",
        "[TCID_50]": "tcid50 tcid_50 tcid",
        "[arb'U]": "au a.u. rlu rfu",
        "{cells}": "cell cells {cell} zelle zellen {zellen} {zelle}",
        "{copies}": "copy copies {copy} kopie kopien {kopien}",
        "{TU}": "tu {tu}",
        "{vg}": "vg gc {gc}",
        "{vp}": "vp",
        "{particles}": "particle particles {particle} partikel {partikel}",
        "{bags}": "bag bags {bag} beutel {beutel}",
        "{pieces}": "piece pieces {piece} pcs pc stück stk {stück} {stk}",
        "{vials}": "vial vials {vial} fläschchen ampullen {ampullen}",
        "{tubes}": "tube tubes {tube} röhrchen {röhrchen}",
        "{syringes}": "syringe syringes {syringe} spritze spritzen",
        "{doses}": "dose doses {dose} dosis dosen {dosen}",
        "{tests}": "test tests {test}",
        "{passages}": "passage passages {passage} passagen {passagen}",
        "{doublings}": "doubling doublings pd pdl verdopplungen",
        "{rpm}": "rpm u/min 1/rpm upm umin {u/min}",
        "10*6": "mio million millions 1e6 e6 x10*6 ×10*6 106",
        "10*9": "mrd billion milliarden 1e9 e9 109",
    }.items()
    for spelling in spellings.split()
}
# Molar amounts are capitals: mM is no millimetre.
EXACT: Mapping[str, str] = {
    "M": "mol/L", "mM": "mmol/L", "uM": "umol/L", "nM": "nmol/L", "U/min": "{rpm}",
    "x g": "[g]", "× g": "[g]", "° C": "Cel",
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
MICRO = re.compile("[\u00b5\u03bc]")
POWER_OF_TEN = re.compile(r"(?:x\s*)?(?:10[*^]?|1[eE])(-?\d+)\s*(?=[{\[A-Za-z])", re.ASCII)
SIGNS = re.compile(r"\s*([./·]|(?<!10)\*)\s*|\s+(?:per|pro)\s+")
SIGN: Mapping[str, str] = {"*": ".", "·": "."}
# What two letters have in common says nothing.
LEAST = 3
LONG = [word for word in (*ATOMS, *SPELLINGS) if len(word) > LEAST]


def meant(code: str) -> str | None:
    """Return the code that was most likely meant by one that is not known, or None."""
    plain = POWER_OF_TEN.sub(r"10*\1.", MICRO.sub("u", code.strip()).translate(SUPERSCRIPTS))
    pieces = SIGNS.split(plain)
    found = EXACT.get(plain) or SPELLINGS.get(plain.casefold())
    if found is None:
        found = _near(plain) if len(pieces) == 1 else _several(pieces)
    return found if found is not None and known(found) else None


def _several(pieces: list[str | None]) -> str | None:
    terms = [_near(piece or "") for piece in pieces[::2]]
    signs = ["/" if sign is None else SIGN.get(sign, sign) for sign in pieces[1::2]]
    written = zip(terms, [*signs, ""], strict=True)
    return None if None in terms else "".join(f"{term}{sign}" for term, sign in written)


def _near(piece: str) -> str | None:
    """Return the code of one term: as it is, as everyday has it, or the nearest one."""
    if known(piece):
        return piece
    small = piece.casefold()
    same = [atom for atom in ATOMS if small in {atom.casefold(), atom.strip("{}[]").casefold()}]
    spelled = EXACT.get(piece) or SPELLINGS.get(small) or (same[0] if same else None)
    power = piece.replace("^", "")
    if spelled is None and known(power):
        return power
    close = get_close_matches(small, LONG, n=1, cutoff=0.75) if len(piece) > LEAST else []
    return spelled or (SPELLINGS.get(close[0], close[0]) if close else None)
