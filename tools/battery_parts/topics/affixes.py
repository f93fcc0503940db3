"""Affixes and the form of the envelope: missing, doubled, of a wrong form, in another place, in a foreign namespace."""

from ..stanzas import *

TEXT = "What is in a name"
REQUIRED = {
    "openpgp": ("rpad", "time", "to", "from"),
    "ox": ("time", "to"),
    "omemo": ("rpad",),
    "stub": (),
}
ABSENT = {"rpad": {"rpad": False}, "time": {"time": None}, "to": {"to": None}, "from": {"sender": None}}
DOUBLE = {
    "rpad": "<rpad>aaaa</rpad>",
    "time": f"<time stamp='{T}'/>",
    "to": f"<to jid='{JULIET}'/>",
    "from": f"<from jid='{ROMEO}'/>",
}


def affixes_of(profile):
    return [name for name in ABSENT if not (profile == "ox" and name == "from")]


def topic():
    held = Topic("affixes", "Each affix missing, doubled, of a wrong form, in another place, in a foreign namespace, and the form of the envelope around them.")
    for profile in PROFILES:
        for name in affixes_of(profile):
            missing(held, profile, name)
            doubled(held, profile, name)
        places(held, profile)
    values(held)
    shapes(held)
    texts(held)
    roots(held)
    contents(held)
    names(held)
    harmless(held)
    return held


def missing(held, profile, name):
    sealed = message(seal(profile, body(TEXT), **ABSENT[name]))
    if name in REQUIRED[profile]:
        held.wrong(f"{profile}-no-{name}", f"The profile {profile} requires `{name}`, and it is missing.", sealed, "req-receive-affixes")
    else:
        held.right(f"{profile}-no-{name}", f"The profile {profile} does not require `{name}` between two accounts.", sealed, vouched(profile), contains=[TEXT])


def doubled(held, profile, name):
    if profile == "ox" and name == "to":
        return
    again = DOUBLE[name]
    held.wrong(
        f"{profile}-two-{name}",
        f"`{name}` stands there twice, and once is what the profile allows, even if both say the same.",
        message(seal(profile, body(TEXT), more=again)),
        "req-receive-affixes",
    )


def places(held, profile):
    space = OX if profile == "ox" else ENVELOPE
    for name in REQUIRED[profile]:
        foreign = DOUBLE[name].replace(f"<{name}", f"<{name} xmlns='urn:example:affix:0'", 1)
        held.wrong(
            f"{profile}-foreign-{name}",
            f"The only `{name}` is in a foreign namespace, which is another affix: the required one is missing.",
            message(seal(profile, body(TEXT), more=foreign, **ABSENT[name])),
            "req-receive-affixes",
        )
        outside = DOUBLE[name].replace(f"<{name}", f"<{name} xmlns='{space}'", 1)
        held.wrong(
            f"{profile}-outside-{name}",
            f"The only `{name}` stands in the stanza beside the carrier, where anybody can write it.",
            message(seal(profile, body(TEXT), **ABSENT[name]), outside=outside + HINTS),
            "req-receive-affixes",
        )
    nested = f"<x xmlns='urn:example:affix:0'><to xmlns='{space}' jid='{NURSE}'/><time xmlns='{space}' stamp='2004-01-01T00:00:00Z'/></x>"
    held.right(
        f"{profile}-deeper",
        "In an affix of a foreign namespace stands what looks like affixes and is none there (req-affix-place).",
        message(seal(profile, body(TEXT), more=nested)),
        vouched(profile),
        contains=[TEXT],
    )


def values(held):
    for name, value in (("to", JULIET), ("from", ROMEO)):
        key = "sender" if name == "from" else "to"
        for profile in ("openpgp", "stub"):
            held.right(
                f"{profile}-{name}-with-resource",
                f"`{name}` names a client where an account belongs: tolerated, the resource is ignored.",
                message(seal(profile, body(TEXT), **{key: value + "/anywhere"})),
                vouched(profile),
                contains=[TEXT],
            )
        for identifier, jid in (("empty", ""), ("blank", " "), ("no-local-part", "@" + value.split("@")[1]), ("no-domain", value.split("@")[0] + "@"), ("scheme", "xmpp:" + value), ("two-at", value.replace("@", "@@")), ("list", f"{value} {value}"), ("local-part-alone", value.split("@")[0])):
            held.wrong(
                f"{name}-{identifier}",
                f"The address `{jid}` in `{name}` is not that of the account.",
                message(seal("stub", body(TEXT), **{key: jid})),
                f"req-{name}-check",
            )
    held.right("ox-to-with-resource", "In OX too the resource is ignored.", message(seal("ox", body(TEXT), to=PORCH)), contains=[TEXT])
    held.wrong("to-with-resource-of-another", "`to` names a client of the Nurse.", message(seal("openpgp", body(TEXT), to=NURSE + "/" + JULIET)), "req-to-check")


def shapes(held):
    """Affixes that the schema does not allow."""
    right = envelope(body(TEXT))
    to, time, sender = f"<to jid='{JULIET}'/>", f"<time stamp='{T}'/>", f"<from jid='{ROMEO}'/>"
    for identifier, old, new, about in (
        ("to-text", to, f"<to jid='{JULIET}'>{NURSE}</to>", "text in `to`"),
        ("to-space", to, f"<to jid='{JULIET}'> </to>", "white space in `to`, which is empty in the schema"),
        ("to-child", to, f"<to jid='{JULIET}'><to jid='{NURSE}'/></to>", "an element in `to`"),
        ("to-foreign-child", to, f"<to jid='{JULIET}'><x xmlns='urn:example:x'/></to>", "a foreign element in `to`"),
        ("to-no-attribute", to, "<to/>", "`to` without its attribute"),
        ("to-as-text", to, f"<to>{JULIET}</to>", "the address as text in place of the attribute"),
        ("to-more", to, f"<to jid='{JULIET}' node='x'/>", "an attribute in `to` that nobody defined"),
        ("to-two-spellings", to, f"<to jid='{JULIET}' JID='{NURSE}'/>", "a second attribute in capitals"),
        ("to-foreign-attribute", to, f"<to jid='{JULIET}' xmlns:e='urn:example:e' e:jid='{NURSE}'/>", "an attribute of a foreign namespace in `to`"),
        ("to-own-attribute", to, f"<to xmlns:e='{ENVELOPE}' e:jid='{JULIET}'/>", "an attribute with the envelope's namespace, which is not the one without"),
        ("to-lang", to, f"<to jid='{JULIET}' xml:lang='en'/>", "a language in `to`"),
        ("from-text", sender, f"<from jid='{ROMEO}'>Romeo</from>", "text in `from`"),
        ("from-more", sender, f"<from jid='{ROMEO}' name='Romeo'/>", "an attribute in `from` that nobody defined"),
        ("from-no-attribute", sender, "<from/>", "`from` without its attribute"),
        ("time-text", time, f"<time stamp='{T}'>now</time>", "text in `time`"),
        ("time-more", time, f"<time stamp='{T}' zone='UTC'/>", "an attribute in `time` that nobody defined"),
        ("time-no-attribute", time, "<time/>", "`time` without its attribute"),
        ("time-as-text", time, f"<time>{T}</time>", "the stamp as text in place of the attribute"),
        ("time-child", time, f"<time stamp='{T}'><x xmlns='urn:example:x'/></time>", "an element in `time`"),
        ("rpad-child", "<rpad>", "<rpad><x xmlns='urn:example:x'/>", "an element in `rpad`, which is only text"),
        ("rpad-attribute", "<rpad>", "<rpad length='24'>", "an attribute in `rpad` that nobody defined"),
        ("unknown-affix", to, to + "<cc jid='nurse@capulet.example'/>", "an unknown element in the envelope's namespace"),
        ("affix-capitals", to, to + f"<TO jid='{NURSE}'/>", "an element whose name is in capitals, in the envelope's namespace"),
        ("no-namespace-affix", to, to + f"<to xmlns='' jid='{NURSE}'/>", "an element in no namespace"),
        ("envelope-in-envelope", to, to + "<envelope><content/></envelope>", "an envelope beside the affixes"),
        ("envelope-attribute", "<envelope ", "<envelope version='2' ", "an attribute of the envelope that nobody defined"),
        ("envelope-id", "<envelope ", "<envelope xml:id='a' ", "an xml:id on the envelope, where only xml:lang is allowed"),
        ("envelope-foreign-attribute", "<envelope ", "<envelope xmlns:e='urn:example:e' e:to='nurse' ", "an attribute of a foreign namespace on the envelope"),
        ("content-attribute", "<content>", "<content type='chat'>", "an attribute of the content that nobody defined"),
        ("content-space", "<content>", "<content xml:space='preserve'>", "an xml:space on the content, where only xml:lang is allowed"),
    ):
        assert old in right, identifier
        held.wrong(identifier, f"The envelope has {about}: it does not conform to its schema.", message(pgp(right.replace(old, new, 1))), "req-receive-schema")
    ox = ox_element(body(TEXT))
    for identifier, old, new, about in (
        ("ox-to-text", to, f"<to jid='{JULIET}'>x</to>", "text in `to`"),
        ("ox-to-more", to, f"<to jid='{JULIET}' node='x'/>", "an attribute in `to` that nobody defined"),
        ("ox-unknown", to, to + "<cc jid='nurse@capulet.example'/>", "an unknown element in its namespace"),
        ("ox-root-attribute", "<signcrypt ", "<signcrypt version='2' ", "an attribute that nobody defined"),
        ("ox-payload-attribute", "<payload>", "<payload type='chat'>", "an attribute of the payload that nobody defined"),
        ("ox-time-child", time, f"<time stamp='{T}'><time stamp='{T}'/></time>", "an element in `time`"),
    ):
        assert old in ox, identifier
        held.wrong(identifier, f"The content element of OX has {about}: the same rules as for an envelope.", message(pgp(ox.replace(old, new, 1), namespace=OX)), "req-receive-schema")


def texts(held):
    right = envelope(body(TEXT))
    for identifier, old, new in (
        ("text-in-envelope", "<content>", "Pay at once.<content>"),
        ("text-behind-content", "</content>", "</content>Pay at once."),
        ("text-at-the-end", "</envelope>", ".</envelope>"),
        ("text-in-content", "<content>", "<content>Pay at once."),
        ("text-behind-body", "</content>", "0</content>"),
        ("text-no-break-space", "<content>", "\u00a0<content>"),
        ("text-zero-width", "<content>", "<content>\u200b"),
        ("text-cdata", "<content>", "<content><![CDATA[Pay]]>"),
        ("text-reference", "<content>", "&#80;<content>"),
        ("text-escaped", "<content>", "<content>&lt;body/>"),
    ):
        held.wrong(identifier, "Envelope and content hold no text of their own but white space.", message(pgp(right.replace(old, new, 1))), "req-no-text")
    held.wrong("ox-text", "A content element of OX holds no text of its own either.", message(pgp(ox_element(body(TEXT)).replace("<payload>", "Pay.<payload>"), namespace=OX)), "req-no-text")
    held.wrong("omemo-text", "Text in the content, in OMEMO.", message(ratchet(right.replace("<content>", "<content>Pay."))), "req-no-text")
    held.wrong("stub-text", "Text in the envelope, in Base64.", message(stub(right.replace("<content>", "Pay.<content>"))), "req-no-text")
    for identifier, old, new in (
        ("space-lines", "<content>", "\n\t <content>\r\n  "),
        ("space-reference", "<content>", "&#32;<content>&#x9;"),
        ("space-cdata", "<content>", "<content><![CDATA[ ]]>"),
        ("space-before", "<envelope", "\n  <envelope"),
        ("space-behind", "</envelope>", "</envelope>\n"),
    ):
        held.right(identifier, "White space between the children, however it is written, is no text.", message(pgp(right.replace(old, new, 1))), contains=[TEXT])


def roots(held):
    right = envelope(body(TEXT))
    for identifier, text in (
        ("root-name", right.replace("envelope", "envelop")),
        ("root-older", right.replace("urn:xmpp:sce:1", "urn:xmpp:sce:0")),
        ("root-newer", right.replace("urn:xmpp:sce:1", "urn:xmpp:sce:2")),
        ("root-space", right.replace("urn:xmpp:sce:1", "urn:xmpp:sce:1 ")),
        ("root-capitals", right.replace("urn:xmpp:sce:1", "URN:xmpp:sce:1")),
        ("root-none", right.replace(" xmlns='urn:xmpp:sce:1'", "")),
        ("root-content", f"<content xmlns='{ENVELOPE}'>{body(TEXT)}</content>"),
        ("root-body", body(TEXT)),
        ("root-stanza", f"<message xmlns='jabber:client' from='{ROMEO}' to='{JULIET}'>{body(TEXT)}</message>"),
        ("root-signcrypt", ox_element(body(TEXT))),
        ("root-wrapped", f"<x xmlns='urn:example:x'>{right}</x>"),
        ("root-prefix-other", f"<e:envelope xmlns:e='urn:example:e' xmlns='{ENVELOPE}'>{right[right.index('<content'):-11]}</e:envelope>"),
    ):
        held.wrong(identifier, "The root is not the element that the profile names.", message(pgp(text)), "req-receive-schema")
    held.wrong("root-ox-envelope", "An envelope in the carrier of OX, whose profile names other elements.", message(pgp(right, namespace=OX)), "req-receive-schema")
    held.wrong("root-omemo-signcrypt", "A content element of OX in the carrier of OMEMO.", message(ratchet(ox_element(body(TEXT)))), "req-receive-schema")


def contents(held):
    right = envelope(body(TEXT))
    content = right[right.index("<content>") : right.index("</content>") + 10]
    for identifier, new in (
        ("no-content", ""),
        ("two-contents", content + f"<content>{body('Another')}</content>"),
        ("two-contents-same", content + content),
        ("two-contents-empty", content + "<content/>"),
        ("content-foreign", content.replace("<content>", "<content xmlns='urn:example:c'>")),
    ):
        held.wrong(identifier, "An envelope has exactly one content in its own namespace.", message(pgp(right.replace(content, new, 1))), "req-one-content")
    held.wrong("ox-two-payloads", "Two payloads in OX.", message(pgp(ox_element(body(TEXT)).replace("<payload>", f"<payload>{body('A')}</payload><payload>"), namespace=OX)), "req-one-content")
    held.wrong("ox-no-payload", "No payload in OX.", message(pgp(ox_element("").replace("<payload></payload>", ""), namespace=OX)), "req-one-content")
    held.right("content-empty", "A content may hold no element (req-content-any).", message(seal("openpgp", "")))
    held.wrong("unqualified-body", "The body inherits the envelope's namespace: it has to be declared.", message(seal("openpgp", f"<body>{TEXT}</body>")), "req-qualified")
    held.wrong("unqualified-beside", "A right body, and beside it one in the envelope's namespace.", message(seal("openpgp", body(TEXT) + "<body>Another</body>")), "req-qualified")
    held.wrong("unqualified-affix", "In the content stands what would be an affix outside of it: there it is unqualified.", message(seal("openpgp", body(TEXT) + f"<to jid='{NURSE}'/>")), "req-qualified")


def names(held):
    def spelt(text, **more):
        return message(pgp(text), **more)

    bare = f"<e:envelope xmlns:e='{ENVELOPE}'><e:content>{body(TEXT)}</e:content><e:time stamp='{T}'/><e:to jid='{JULIET}'/><e:from jid='{ROMEO}'/><e:rpad>aaaa</e:rpad></e:envelope>"
    held.right("prefixes", "Prefixes in place of a default namespace (req-namespaces).", spelt(bare), contains=[TEXT])
    held.right("declared-again", "Each affix declares the namespace anew, as one deployed client needs it.", spelt(envelope(body(TEXT)).replace("<to ", f"<to xmlns='{ENVELOPE}' ").replace("<time ", f"<time xmlns='{ENVELOPE}' ")), contains=[TEXT])
    held.right("prefix-of-body", "The body has a prefix that is declared on the envelope: it must be told by its namespace in the restored stanza too.", spelt(envelope(f"<c:body>{TEXT}</c:body>", attributes=" xmlns:c='jabber:client'")), contains=[TEXT])
    held.right("prefix-unused", "A prefix is declared and not used.", spelt(envelope(body(TEXT), attributes=" xmlns:unused='urn:example:unused'")), contains=[TEXT])
    held.right("reference-in-namespace", "A character of the namespace is written as a reference.", spelt(envelope(body(TEXT)).replace("urn:xmpp:sce:1", "urn:xmpp:sce:&#49;")), contains=[TEXT])
    held.right("double-quotes", "Double quotes, white space in tags, empty elements as pairs.", spelt(envelope(body(TEXT)).replace("'/>", "' ></to >", 0).replace(f"<to jid='{JULIET}'/>", f'<to\n jid = "{JULIET}" ></to >')), contains=[TEXT])
    held.right("affixes-first", "The content stands last (req-affix-order).", spelt(f"<envelope xmlns='{ENVELOPE}'><from jid='{ROMEO}'/><rpad>aaaa</rpad><to jid='{JULIET}'/><time stamp='{T}'/><content>{body(TEXT)}</content></envelope>"), contains=[TEXT])
    swapped = f"<c:envelope xmlns:c='{ENVELOPE}' xmlns='jabber:client'><c:content><body>{TEXT}</body></c:content><c:time stamp='{T}'/><c:to jid='{JULIET}'/><c:from jid='{ROMEO}'/><c:rpad>a</c:rpad></c:envelope>"
    held.right("default-of-the-body", "The default namespace is that of the body, the envelope has a prefix.", spelt(swapped), contains=[TEXT])
    turned = f"<envelope xmlns='{ENVELOPE}' xmlns:e='urn:example:e'><content>{body(TEXT)}</content><time stamp='{T}'/><e:to jid='{NURSE}'/><to jid='{JULIET}'/><from jid='{ROMEO}'/><rpad>a</rpad></envelope>"
    held.right("foreign-of-the-same-name", "An affix of a foreign namespace has the name `to` and another address: it is ignored.", spelt(turned), contains=[TEXT])
    rebound = f"<e:envelope xmlns:e='{ENVELOPE}'><e:content>{body(TEXT)}</e:content><e:time stamp='{T}'/><e:to jid='{JULIET}'/><e:from jid='{ROMEO}'/><e:rpad>a</e:rpad><e:to xmlns:e='urn:example:e' jid='{NURSE}'/></e:envelope>"
    held.right("prefix-rebound", "The prefix means another namespace on one affix, which is ignored.", spelt(rebound), contains=[TEXT])
    held.wrong("prefix-rebound-required", "The prefix means another namespace on the only `to`.", spelt(rebound.replace(f"<e:to jid='{JULIET}'/>", "")), "req-receive-affixes")


def harmless(held):
    held.right("foreign-affix", "An affix of a namespace that nobody knows is ignored (req-affix-unknown).", message(seal("openpgp", body(TEXT), more="<sequence xmlns='urn:example:affix:0' number='7'>seven<x/></sequence>")), contains=[TEXT], lacks=["seven"])
    held.right("foreign-affixes", "Several of them, with attributes and text of their own.", message(seal("omemo", body(TEXT), more="<a xmlns='urn:example:a'/><b xmlns='urn:example:b' xml:lang='en'>b</b>")), contains=[TEXT])
    held.right("ox-foreign-affix", "The same in OX.", message(seal("ox", body(TEXT), more="<sequence xmlns='urn:example:affix:0'/>")), contains=[TEXT])
    for identifier, padding_ in (("empty", "<rpad/>"), ("long", "<rpad>" + "x" * 3000 + "</rpad>"), ("words", "<rpad>Ünïcode &lt;&amp;&gt; \n</rpad>"), ("cdata", "<rpad><![CDATA[<to/>]]></rpad>")):
        held.right(f"rpad-{identifier}", "Length and characters of the padding are no reason to refuse (req-rpad-accept).", message(seal("openpgp", body(TEXT), rpad=False, more=padding_)), contains=[TEXT])
    held.right("languages", "xml:lang is allowed on envelope and content.", message(seal("openpgp", body(TEXT), attributes=" xml:lang='en'", within=" xml:lang='en-GB'")), contains=[TEXT])
    held.right("inner-envelope", "An envelope of another namespace in the content is an element like any other.", message(seal("openpgp", body(TEXT) + "<envelope xmlns='urn:xmpp:sce:0'><content/></envelope>")), contains=[TEXT])
