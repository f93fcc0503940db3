"""Addresses in other scripts and spellings: which are the same once they are prepared, and which only look alike."""

from .. import openpgp
from ..stanzas import *

TEXT = "A name by any other spelling"
IDN = "rosaline@b\u00fccher.example"
STRASS = "stra\u00df@verona.example"
HELENA = "h\u00e9l\u00e8ne@verona.example"


def topic():
    people = []
    held = Topic("addresses", "Addresses in other scripts and spellings: the same once they are prepared as RFC 7622 says, or only alike.", people)
    keys = {jid: openpgp.new_key([f"xmpp:{jid}"]) for jid in (IDN, STRASS, HELENA)}
    people.extend({"jid": jid, "openpgp": [openpgp.public_key(key)]} for jid, key in keys.items())

    def written(jid, outer, inner_=None):
        return message(pgp(envelope(body(TEXT), sender=inner_ or jid), by=keys[jid]), sender=outer)

    for identifier, jid, outer, inner_ in (
        ("same", IDN, IDN + "/home", IDN),
        ("a-label-outside", IDN, "rosaline@xn--bcher-kva.example/home", IDN),
        ("a-label-inside", IDN, IDN, "rosaline@xn--bcher-kva.example"),
        ("a-label-capitals", IDN, "rosaline@XN--BCHER-KVA.example", IDN),
        ("capitals", IDN, "Rosaline@B\u00dcCHER.example", IDN),
        ("decomposed-domain", IDN, "rosaline@bu\u0308cher.example", IDN),
        ("decomposed", HELENA, "he\u0301le\u0300ne@verona.example/home", HELENA),
        ("decomposed-inside", HELENA, HELENA, "he\u0301le\u0300ne@verona.example"),
        ("local-capitals", HELENA, "H\u00c9L\u00c8NE@verona.example", HELENA),
        ("wide", IDN, "\uff52\uff4f\uff53aline@b\u00fccher.example", IDN),
        ("dot-at-the-end", IDN, "rosaline@b\u00fccher.example./home", IDN),
    ):
        held.right(identifier, "Written in another way, and the same address once both are prepared (req-compare-bare, RFC 7622).", written(jid, outer, inner_), jid, contains=[TEXT])
    for identifier, jid, outer in (
        ("umlaut-as-two", IDN, "rosaline@buecher.example"),
        ("umlaut-lost", IDN, "rosaline@bucher.example"),
        ("cyrillic", IDN, "r\u043esaline@b\u00fccher.example"),
        ("accents-lost", HELENA, "helene@verona.example"),
        ("sharp-s", STRASS, "strass@verona.example"),
        ("digit-for-letter", IDN, "rosa1ine@b\u00fccher.example"),
        ("resource-as-domain", IDN, "rosaline/x@b\u00fccher.example"),
    ):
        held.wrong(f"alike-{identifier}", "The stanza comes from an address that looks alike, and is another when both are prepared.", written(jid, outer), "req-from-check")
    held.right("sharp-s", "The address has a letter that some rules fold into two; it is the same on both sides.", written(STRASS, STRASS), STRASS, contains=[TEXT])
    for identifier, to in (("capitals", "JULIET@CAPULET.EXAMPLE"), ("wide", "\uff4auliet@capulet.example"), ("dot-at-the-end", "juliet@capulet.example.")):
        held.right(f"to-{identifier}", "`to` is written in another way, and is the own account once prepared.", message(seal("openpgp", body(TEXT), to=to)), contains=[TEXT])
    for identifier, to in (("cyrillic", "juli\u0435t@capulet.example"), ("zero-width", "juliet\u200b@capulet.example"), ("accent", "juli\u00e9t@capulet.example"), ("soft-hyphen", "ju\u00adliet@capulet.example")):
        held.wrong(f"to-alike-{identifier}", "`to` looks like the own account and is another address, or none.", message(seal("openpgp", body(TEXT), to=to)), "req-to-check")
    return held
