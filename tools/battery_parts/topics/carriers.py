"""Which element is a carrier, how many there may be, and envelopes that nobody has encrypted."""

from ..stanzas import *

TEXT = "Two letters in one cover"


def topic():
    held = Topic("carriers", "Carriers: two of them, none, hidden ones, look-alikes; and envelopes in the open.")
    pairs(held)
    none(held)
    places(held)
    plain(held)
    spelling(held)
    return held


def pairs(held):
    for number, one in enumerate(PROFILES):
        for other in PROFILES[number:]:
            sealed = seal(one, body(TEXT)) + seal(other, body(TEXT))
            held.wrong(f"{one}-and-{other}", "Two carriers in one stanza: receivers would not agree which one counts.", message(sealed), "req-receive-carrier")
    twice = seal("openpgp", body(TEXT))
    note("gpg")
    held.wrong("same-twice", "The same carrier twice.", message(twice + twice), "req-receive-carrier")
    held.wrong("second-empty", "A carrier, and behind it an empty one.", message(seal("openpgp", body(TEXT)) + f"<openpgp xmlns='{SCE}'/>"), "req-receive-carrier")
    held.wrong("second-broken", "A carrier, and before it one that cannot be opened.", message(f"<encrypted xmlns='{OMEMO}'/>" + seal("openpgp", body(TEXT))), "req-receive-carrier")
    held.wrong("apart", "Two carriers, and other elements between them.", message(seal("stub", body(TEXT)), outside=HINTS + "<x xmlns='urn:example:x'/>" + seal("stub", body("Another"))), "req-receive-carrier")
    held.wrong("two-in-an-iq", "Two carriers in a request.", iq(seal("stub", "<query xmlns='jabber:iq:version'/>") * 2), "req-receive-carrier")
    held.wrong("two-in-presence", "Two carriers in presence.", presence(seal("stub", "<status xmlns='jabber:client'>a</status>") * 2), "req-receive-carrier")
    held.wrong("in-a-copy", "Two carriers in the forwarded message of a copy.", carbon("received", message(seal("stub", body(TEXT)) * 2, to=CHAMBER, namespace="jabber:client")), "req-receive-carrier")
    for identifier, legacy in (("axolotl", "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/><payload>AAAA</payload></encrypted>"), ("omemo-1", "<encrypted xmlns='urn:xmpp:omemo:1'><header sid='1'/><payload>AAAA</payload></encrypted>"), ("xep-0027", "<x xmlns='jabber:x:encrypted'>AAAA</x>")):
        held.right(f"legacy-{identifier}", "Beside the carrier stands that of an older protocol, for which this document has no profile: it is none that the receiver knows.", message(seal("omemo", body(TEXT)), outside=legacy + HINTS), contains=[TEXT])


def none(held):
    held.open("plain", "A message in the open.", message("", outside="<body>In the open</body>"), contains=["In the open"])
    held.open("hint-alone", "The carrier was taken out, the hint that names the encryption was left: without a carrier nothing is sealed (req-hint-not-needed).", message("", outside=f"<encryption xmlns='urn:xmpp:eme:0' namespace='{SCE}'/><body>My client is broken</body>" + HINTS), contains=["My client is broken"])
    held.open("legacy-alone", "An older protocol alone, for which there is no profile.", message("<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>", outside=body("Old")), contains=["Old"])
    held.open("presence", "Presence in the open.", presence("", outside="<show>away</show>"), contains=["away"])
    held.open("iq", "A request in the open.", iq("<query xmlns='jabber:iq:version'/>"), contains=["jabber:iq:version"])
    held.open("empty", "A message without any child.", message("", outside=""))
    for identifier, old, new in (
        ("namespace-version", SCE, "urn:xmpp:openpgp:sce:1"),
        ("namespace-space", SCE, SCE + " "),
        ("namespace-capitals", SCE, SCE.upper()),
        ("namespace-client", f" xmlns='{SCE}'", ""),
        ("name", "openpgp xmlns", "OpenPGP xmlns"),
    ):
        changed = seal("openpgp", body(TEXT)).replace(old, new, 1)
        changed = changed.replace("</openpgp>", "</OpenPGP>") if identifier == "name" else changed
        held.open(f"look-alike-{identifier}", "An element that looks like a carrier and is none, by its name or namespace.", message(changed), lacks=[TEXT])


def places(held):
    sealed = seal("openpgp", body(TEXT))
    note("gpg")
    held.open("nested", "The carrier stands in another element: carriers are direct children of the stanza.", message(f"<x xmlns='urn:example:x'>{sealed}</x>"), lacks=[TEXT])
    note("gpg")
    held.open("in-the-body", "The carrier stands in the body.", message(f"<body>Look: {sealed}</body>"), lacks=[TEXT])
    held.right("last", "The carrier stands last, behind hints and others.", message(HINTS + "<x xmlns='urn:example:x'/>", outside=seal("openpgp", body(TEXT))), contains=[TEXT])
    held.right("one-and-one-nested", "One carrier is a direct child, another stands in an element that is ignored: there is one.", message(seal("openpgp", body(TEXT)), outside=f"<x xmlns='urn:example:x'>{stub(envelope(body('Another')))}</x>"), contains=[TEXT], lacks=["Another"])
    held.right("no-hints", "Neither a request to store it nor the name of the encryption: hints are not needed.", message(seal("openpgp", body(TEXT)), outside=""), contains=[TEXT])
    held.right("other-hint", "The hint names another encryption than the carrier's: the carrier decides (req-hint-not-needed).", message(seal("openpgp", body(TEXT)), outside="<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>"), contains=[TEXT])


def plain(held):
    held.open("envelope-alone", "An envelope that nobody has encrypted is dropped (req-drop-plain-envelope).", message(envelope(body(TEXT))), lacks=[TEXT])
    held.open("envelope-alone-iq", "The same in a request.", iq(envelope("<query xmlns='jabber:iq:version'/>")), lacks=["jabber:iq:version"])
    for profile in PROFILES:
        held.right(f"{profile}-envelope-beside", "Beside the carrier stands an envelope in the open: it is dropped.", message(envelope(body("In the open")) + seal(profile, body(TEXT))), vouched(profile), contains=[TEXT], lacks=["In the open"])
    held.right("envelopes-beside", "Two envelopes in the open on both sides of the carrier: they are dropped.", message(envelope(body("In the open")) + seal("openpgp", body(TEXT)), outside=envelope(body("In the open"))), contains=[TEXT], lacks=["In the open"])
    held.right("signcrypt-beside", "Beside the carrier of OX stands its content element in the open: it is ignored.", message(seal("ox", body(TEXT)), outside=ox_element(body("In the open"))), contains=[TEXT], lacks=["In the open"])
    held.open("signcrypt-alone", "A content element of OX that nobody has signed or encrypted is no carrier.", message(ox_element(body(TEXT)), outside="<body>Outer</body>"), contains=["Outer"])


def spelling(held):
    sealed = seal("openpgp", body(TEXT))
    data = sealed[sealed.index(">") + 1 : sealed.rindex("<")]
    for identifier, text in (
        ("prefix", f"<o:openpgp xmlns:o='{SCE}'>{data}</o:openpgp>"),
        ("reference", f"<openpgp xmlns='urn:xmpp:openpgp:sce:&#x30;'>{data}</openpgp>"),
        ("double-quotes", f'<openpgp\n xmlns = "{SCE}" >{data}</openpgp >'),
    ):
        note("gpg")
        held.right(f"spelt-{identifier}", "The carrier is told by name and namespace, however they are written (req-namespaces).", message(text), contains=[TEXT])
    note("gpg")
    held.right("spelt-stanza-prefix", "The prefix of the carrier is declared on the stanza.", message(f"<o:openpgp>{data}</o:openpgp>", more=f" xmlns:o='{SCE}'"), contains=[TEXT])
    note("gpg")
    held.wrong(
        "attribute-with-prefix",
        "`from` has a prefix and is another attribute: the stanza has no sender, so it is the own account's.",
        message(sealed, sender=None, more=f" xmlns:c='jabber:client' c:from='{ORCHARD}'"),
        "req-from-check",
    )
    note("gpg")
    held.right("attribute-with-prefix-beside", "An attribute with a prefix says something else than the one without: Romeo is the sender.", message(sealed, more=f" xmlns:e='urn:example:e' e:from='{TYBALT}' e:to='{NURSE}' e:type='groupchat'"), contains=[TEXT])
