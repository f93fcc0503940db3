"""What is restored: each place on both sides, what stands on both, languages, what may stand once."""

from ..stanzas import *

TEXT = "The inner text"
C = "xmlns='jabber:client'"
# Elements whose place is inside, with a token to be found again. The first ones belong to every profile.
INSIDE = (
    ("body", "<body {c}>{t}</body>"),
    ("subject", "<subject {c}>{t}</subject>"),
    ("oob", "<x xmlns='jabber:x:oob'><url>https://{t}</url></x>"),
    ("html", "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>{t}</body></html>"),
    ("chat-state", "<composing xmlns='http://jabber.org/protocol/chatstates' id='{t}'/>"),
    ("receipt", "<received xmlns='urn:xmpp:receipts' id='{t}'/>"),
    ("correction", "<replace xmlns='urn:xmpp:message-correct:0' id='{t}'/>"),
    ("marker", "<displayed xmlns='urn:xmpp:chat-markers:0' id='{t}'/>"),
    ("reactions", "<reactions xmlns='urn:xmpp:reactions:0' id='{t}'><reaction>:)</reaction></reactions>"),
    ("reply", "<reply xmlns='urn:xmpp:reply:0' id='{t}'/>"),
    ("retraction", "<retract xmlns='urn:xmpp:message-retract:1' id='{t}'/>"),
    ("invitation", "<x xmlns='jabber:x:conference' jid='{t}@rooms.example'/>"),
    ("spoiler", "<spoiler xmlns='urn:xmpp:spoiler:0'>{t}</spoiler>"),
    ("forwarded", "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' id='{t}'/></forwarded>"),
    ("opt-out", "<opt-out xmlns='urn:xmpp:omemo:2'><reason>{t}</reason></opt-out>"),
    ("nick", "<nick xmlns='http://jabber.org/protocol/nick'>{t}</nick>"),
    ("file", "<file-sharing xmlns='urn:xmpp:sfs:0' id='{t}'/>"),
    ("call-invitation", "<invite xmlns='urn:xmpp:call-invites:0' id='{t}'/>"),
    ("attention", "<attention xmlns='urn:xmpp:attention:0' note='{t}'/>"),
    ("attaching", "<attach-to xmlns='urn:xmpp:message-attaching:1' id='{t}'/>"),
    ("fastening", "<apply-to xmlns='urn:xmpp:fasten:0' id='{t}'/>"),
    ("unknown", "<secret xmlns='urn:example:secret'>{t}</secret>"),
)
# Elements whose place is outside.
OUTSIDE = (
    ("hint", "<no-store xmlns='urn:xmpp:hints' note='{t}'/>"),
    ("stanza-id", "<stanza-id xmlns='urn:xmpp:sid:0' by='juliet@capulet.example' id='{t}'/>"),
    ("address", "<addresses xmlns='http://jabber.org/protocol/address'><address type='cc' jid='{t}@verona.example'/></addresses>"),
    ("encryption", "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:example:{t}'/>"),
    ("carbon-private", "<private xmlns='urn:xmpp:carbons:2' note='{t}'/>"),
    ("occupant-id", "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{t}'/>"),
    ("room", "<x xmlns='http://jabber.org/protocol/muc#user'><status code='{t}'/></x>"),
    ("channel", "<mix xmlns='urn:xmpp:mix:core:1'><nick>{t}</nick></mix>"),
    ("event", "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='{t}'/></event>"),
    ("amp", "<amp xmlns='http://jabber.org/protocol/amp' note='{t}'/>"),
)
# Elements that are accepted on both sides.
EITHER = (
    ("thread", "<thread {c}>{t}</thread>"),
    ("request", "<request xmlns='urn:xmpp:receipts' note='{t}'/>"),
    ("origin-id", "<origin-id xmlns='urn:xmpp:sid:0' id='{t}'/>"),
    ("call", "<propose xmlns='urn:xmpp:jingle-message:0' id='{t}'/>"),
)


def fill(pattern, token, outside=False):
    return pattern.format(t=token, c="" if outside else C).replace("< ", "<").replace(" >", ">")


def topic():
    held = Topic("policy", "What a receiver restores: elements of each place on both sides, what stands on both at once, languages, what may stand once.")
    inside_only(held)
    outside_only(held)
    either(held)
    fallbacks(held)
    bodies(held)
    languages(held)
    once(held)
    return held


def inside_only(held):
    for number, (name, pattern) in enumerate(INSIDE):
        profile = PROFILES[number % 4]
        beside = "" if name == "body" else body(TEXT)
        held.right(
            f"inside-{name}",
            "An element whose place is inside stands inside: it is restored.",
            message(seal(profile, beside + fill(pattern, "tokenwithin"))),
            vouched(profile),
            contains=["tokenwithin"],
        )
        held.right(
            f"outside-{name}",
            "An element whose place is inside stands outside, where any server can write it: it is ignored.",
            message(seal(profile, body(TEXT)), outside=HINTS + fill(pattern, "tokenwithout", True)),
            vouched(profile),
            contains=[TEXT],
            lacks=["tokenwithout"],
        )
    for name, pattern in INSIDE[1:8]:
        held.right(
            f"both-{name}",
            "An element whose place is inside stands on both sides: the one inside alone is taken.",
            message(seal("openpgp", body(TEXT) + fill(pattern, "tokenwithin")), outside=fill(pattern, "tokenwithout", True)),
            contains=["tokenwithin"],
            lacks=["tokenwithout"],
        )


def outside_only(held):
    for number, (name, pattern) in enumerate(OUTSIDE):
        profile = PROFILES[number % 4]
        held.right(
            f"discarded-{name}",
            "An element whose place is outside stands in the content: it is discarded (req-discard-inside).",
            message(seal(profile, body(TEXT) + fill(pattern, "tokenwithin"))),
            vouched(profile),
            contains=[TEXT],
            lacks=["tokenwithin"],
        )
        held.right(
            f"kept-{name}",
            "An element whose place is outside stands outside: it stays, and the one in the content is discarded.",
            message(seal(profile, body(TEXT) + fill(pattern, "tokenwithin")), outside=fill(pattern, "tokenwithout", True)),
            vouched(profile),
            contains=[TEXT, "tokenwithout"],
            lacks=["tokenwithin"],
        )
    for name, carrier_ in (("openpgp", f"<openpgp xmlns='{SCE}'>bm90IGZvciB5b3U=</openpgp>"), ("ox", f"<openpgp xmlns='{OX}'>bm90IGZvciB5b3U=</openpgp>"), ("stub", stub(envelope(body("hidden twice")))), ("omemo-1", "<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>bm90IGZvciB5b3U=</payload></encrypted>")):
        held.right(
            f"carrier-inside-{name}",
            "A carrier in the content is not opened and is discarded (req-no-nesting).",
            message(seal("openpgp", body(TEXT) + carrier_)),
            contains=[TEXT],
            lacks=["hidden twice", "bm90IGZvciB5b3U="],
        )
    for name, element in (("sent", "sent"), ("received", "received")):
        held.right(
            f"copy-inside-{name}",
            "What looks like a carbon copy stands in the content: only servers write them, so it is discarded.",
            message(seal("openpgp", body(TEXT) + f"<{element} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message {C} from='{TYBALT}'><body>forged copy</body></message></forwarded></{element}>")),
            contains=[TEXT],
            lacks=["forged copy"],
        )
    held.right(
        "result-inside",
        "What looks like a result of an archive stands in the content: discarded.",
        message(seal("openpgp", body(TEXT) + f"<result xmlns='urn:xmpp:mam:2' id='1'><forwarded xmlns='urn:xmpp:forward:0'><message {C} from='{TYBALT}'><body>forged result</body></message></forwarded></result>")),
        contains=[TEXT],
        lacks=["forged result"],
    )
    held.right(
        "presence-show-inside",
        "In presence `show` belongs outside: the one inside is discarded, the one outside stays.",
        presence(seal("openpgp", "<status xmlns='jabber:client'>In exile</status><show xmlns='jabber:client'>dnd</show>"), outside="<show>xa</show>"),
        contains=["In exile", ">xa<"],
        lacks=["dnd"],
    )
    held.right(
        "presence-status-outside",
        "In presence `status` belongs inside: the one outside is ignored.",
        presence(seal("openpgp", "<status xmlns='jabber:client'>In exile</status>"), outside="<status>At home</status>"),
        contains=["In exile"],
        lacks=["At home"],
    )


def either(held):
    for number, (name, pattern) in enumerate(EITHER):
        for profile in ("openpgp", ("ox", "omemo", "stub", "omemo")[number]):
            author = vouched(profile)
            sealed = lambda more="": seal(profile, body(TEXT) + more)
            held.right(f"{profile}-either-{name}-inside", "It may stand on both sides, and stands inside.", message(sealed(fill(pattern, "tokenwithin"))), author, contains=["tokenwithin"])
            held.right(f"{profile}-either-{name}-outside", "It may stand on both sides, and stands outside alone: it is accepted there.", message(sealed(), outside=fill(pattern, "tokenwithout", True)), author, contains=[TEXT, "tokenwithout"])
            held.right(
                f"{profile}-either-{name}-both",
                "It stands on both sides: the one inside is taken, the one that a server may have written is dropped (req-policy-inside-wins).",
                message(sealed(fill(pattern, "tokenwithin")), outside=fill(pattern, "tokenwithout", True)),
                author,
                contains=["tokenwithin"],
                lacks=["tokenwithout"],
            )
            held.right(
                f"{profile}-either-{name}-both-before",
                "The same, and the one outside stands before the carrier.",
                message(fill(pattern, "tokenwithout", True) + sealed(fill(pattern, "tokenwithin"))),
                author,
                contains=["tokenwithin"],
                lacks=["tokenwithout"],
            )
    held.right(
        "either-thread-two-outside",
        "Two threads outside and one inside: both outside are dropped.",
        message(seal("openpgp", body(TEXT) + fill(EITHER[0][1], "tokenwithin")), outside="<thread>tokenwithout1</thread><thread>tokenwithout2</thread>"),
        contains=["tokenwithin"],
        lacks=["tokenwithout"],
    )


def fallbacks(held):
    pattern = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:example:{t}'/>"
    for profile in PROFILES:
        author = vouched(profile)
        held.right(
            f"{profile}-fallback-outside",
            "A fallback outside would hide the inner text: it is never restored (req-policy-fallback).",
            message(seal(profile, body(TEXT)), outside=HINTS + pattern.format(t="tokenwithout")),
            author,
            contains=[TEXT],
            lacks=["tokenwithout"],
        )
        held.right(
            f"{profile}-fallback-inside",
            "A fallback inside describes the inner text and is restored, the one outside is not.",
            message(seal(profile, body(TEXT) + pattern.format(t="tokenwithin")), outside=pattern.format(t="tokenwithout")),
            author,
            contains=["tokenwithin"],
            lacks=["tokenwithout"],
        )
    held.right(
        "fallback-with-body",
        "The stand-in body and the fallback that describes it, both outside, as a deployed client writes them: neither is restored.",
        message(seal("omemo", body(TEXT)), outside=HINTS + "<body>This message is encrypted.</body>" + pattern.format(t="tokenwithout")),
        contains=[TEXT],
        lacks=["This message is encrypted", "tokenwithout"],
    )


def bodies(held):
    for profile in PROFILES:
        held.right(
            f"{profile}-body-outside",
            "A body for clients that cannot decrypt stands outside: it is ignored.",
            message(seal(profile, body(TEXT)), outside="<body>Get another client</body>" + HINTS),
            vouched(profile),
            contains=[TEXT],
            lacks=["Get another client"],
        )
    held.right("body-outside-alone", "The content holds no body, outside stands one: it is ignored all the same.", message(seal("openpgp", "<active xmlns='http://jabber.org/protocol/chatstates'/>"), outside="<body>Come to the tomb</body>"), lacks=["Come to the tomb"])
    held.right("body-before", "The body in the open stands before the carrier.", message("<body>Come to the tomb</body>" + seal("openpgp", body(TEXT))), contains=[TEXT], lacks=["Come to the tomb"])
    held.right("error-both", "A message of the type error with the true error inside: the stand-in outside is replaced.", message(seal("openpgp", "<error xmlns='jabber:client' type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"), kind="error", outside="<error type='cancel'><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"), contains=["gone"], lacks=["undefined-condition"])


def languages(held):
    for identifier, attributes, within, own, there, gone in (
        ("envelope", " xml:lang='sl-rozaj'", "", "", "sl-rozaj", None),
        ("content", "", " xml:lang='sl-rozaj'", "", "sl-rozaj", None),
        ("content-over-envelope", " xml:lang='de-1901'", " xml:lang='sl-rozaj'", "", "sl-rozaj", "de-1901"),
        ("own", " xml:lang='de-1901'", "", " xml:lang='sl-rozaj'", "sl-rozaj", "de-1901"),
        ("own-over-content", "", " xml:lang='de-1901'", " xml:lang='sl-rozaj'", "sl-rozaj", "de-1901"),
    ):
        for profile in ("openpgp", "stub"):
            held.right(
                f"language-{identifier}-{profile}",
                "A restored element that has no language of its own gets that of the content or envelope in which it stood.",
                message(seal(profile, body(TEXT, own), attributes=attributes, within=within)),
                vouched(profile),
                contains=[there],
                lacks=[gone] if gone else [],
            )
    held.right("language-ox", "The same in OX.", message(seal("ox", body(TEXT), within=" xml:lang='sl-rozaj'")), contains=["sl-rozaj"])


def once(held):
    two = body("One") + body("Two")
    for profile in PROFILES:
        held.wrong(f"{profile}-two-bodies", "Two bodies of one language: RFC 6121 allows one, and clients would show different ones.", message(seal(profile, two)), "req-content-once")
        held.right(f"{profile}-two-languages", "Two bodies of different languages are what RFC 6121 allows.", message(seal(profile, body("Good night", " xml:lang='en'") + body("Gute Nacht", " xml:lang='de'"))), vouched(profile), contains=["Good night", "Gute Nacht"])
    for identifier, content, about in (
        ("two-bodies-same-language", body("One", " xml:lang='de'") + body("Two", " xml:lang='de'"), "Two bodies that both say the same language"),
        ("three-bodies", body("One") + body("Eins", " xml:lang='de'") + body("Two"), "Three bodies, of which two have no language"),
        ("two-bodies-equal", body("One") + body("One"), "Two bodies of the same text"),
        ("two-subjects", "<subject {c}>One</subject><subject {c}>Two</subject>", "Two subjects of one language"),
        ("two-threads", "<thread {c}>1</thread><thread {c}>2</thread>", "Two threads"),
        ("two-threads-equal", "<thread {c}>1</thread><thread {c}>1</thread>", "The same thread twice"),
        ("two-corrections", "<replace xmlns='urn:xmpp:message-correct:0' id='1'/><replace xmlns='urn:xmpp:message-correct:0' id='2'/>", "Two corrections"),
    ):
        held.wrong(identifier, f"{about} in one content: which one counts would be anybody's guess.", message(seal("openpgp", (body(TEXT) if "bod" not in identifier else "") + content.format(c=C))), "req-content-once")
    held.wrong(
        "two-bodies-inherited",
        "One body says its language, the other inherits the same one from the content.",
        message(seal("openpgp", body("One") + body("Two", " xml:lang='de'"), within=" xml:lang='de'")),
        "req-content-once",
    )
    held.right("two-subjects-languages", "Two subjects of different languages.", message(seal("openpgp", f"<subject {C}>Peace</subject><subject {C} xml:lang='de'>Friede</subject>")), contains=["Peace", "Friede"])
    held.right("two-of-another-kind", "A body of XHTML beside the body is another element.", message(seal("openpgp", body(TEXT) + "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>The inner text, bold</body></html>")), contains=["bold"])
    held.right("two-references", "Several references in one content: they may repeat.", message(seal("openpgp", body(TEXT) + "<reference xmlns='urn:xmpp:reference:0' uri='xmpp:a@a.example'/><reference xmlns='urn:xmpp:reference:0' uri='xmpp:b@b.example'/>")), contains=["a.example", "b.example"])
    held.right("one-inside-one-outside", "One correction inside and one outside: the one outside is ignored, so there is one.", message(seal("openpgp", body(TEXT) + "<replace xmlns='urn:xmpp:message-correct:0' id='tokenwithin'/>"), outside="<replace xmlns='urn:xmpp:message-correct:0' id='tokenwithout'/>"), contains=["tokenwithin"], lacks=["tokenwithout"])
    held.right("forwarded-bodies", "The body of a message that is passed on is not one of the content.", message(seal("openpgp", body(TEXT) + f"<forwarded xmlns='urn:xmpp:forward:0'><message {C}><body>Passed on</body></message></forwarded>")), contains=[TEXT, "Passed on"])
