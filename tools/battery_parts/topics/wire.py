"""XML that is none on the wire: the stanza itself, and the decrypted envelope."""

from ..stanzas import *

TEXT = "Pay 1 000 to the friar"
DOCTYPE = "<!DOCTYPE message>"
ENTITIES = "<!DOCTYPE {0} [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>"


def topic():
    held = Topic("wire", "What is not XML as RFC 6120, section 11, allows it: in the stanza (malformed) and in the decrypted envelope (refused).")
    stanza(held)
    rights(held)
    envelopes(held)
    envelope_bytes(held)
    envelope_rights(held)
    depth(held)
    return held


def tricks(name):
    """Ways to spoil an element with this name, that has one child at the end and attributes: (id, about, function)."""
    opening = f"<{name} "

    def at_end(piece):
        return lambda text: text.replace(f"</{name}>", f"{piece}</{name}>")

    def in_tag(piece):
        return lambda text: text.replace(opening, f"{opening}{piece} ", 1)

    return [
        ("comment", "a comment", at_end("<!-- here -->")),
        ("comment-before", "a comment before it", lambda text: "<!-- here -->" + text),
        ("comment-behind", "a comment behind it", lambda text: text + "<!-- here -->"),
        ("instruction", "a processing instruction", at_end("<?php echo 1 ?>")),
        ("instruction-before", "a processing instruction before it", lambda text: "<?xml-stylesheet href='a.css'?>" + text),
        ("version-1-1", "the declaration of XML 1.1", lambda text: "<?xml version='1.1'?>" + text),
        ("latin-1", "the declaration of another encoding", lambda text: "<?xml version='1.0' encoding='ISO-8859-1'?>" + text),
        ("declaration-inside", "an XML declaration in its midst", at_end("<?xml version='1.0'?>")),
        ("doctype", "a document type", lambda text: f"<!DOCTYPE {name}>" + text),
        ("entities", "entities that are declared", lambda text: ENTITIES.format(name) + at_end("<x xmlns='urn:example:x'>&b;</x>")(text)),
        ("entity-unknown", "an entity that only HTML has", at_end("<x xmlns='urn:example:x'>&nbsp;</x>")),
        ("entity-undeclared", "an entity that nobody declared", at_end("<x xmlns='urn:example:x' a='&me;'/>")),
        ("reference-zero", "a reference to the character zero", at_end("<x xmlns='urn:example:x'>&#0;</x>")),
        ("reference-control", "a reference to a control character", at_end("<x xmlns='urn:example:x'>&#x1B;</x>")),
        ("reference-surrogate", "a reference to a surrogate", at_end("<x xmlns='urn:example:x'>&#xD800;</x>")),
        ("reference-beyond", "a reference beyond Unicode", at_end("<x xmlns='urn:example:x'>&#x110000;</x>")),
        ("reference-open", "a reference without its end", at_end("<x xmlns='urn:example:x'>&#65</x>")),
        ("ampersand", "an ampersand that begins nothing", at_end("<x xmlns='urn:example:x'>A & B</x>")),
        ("control", "a control character", at_end("<x xmlns='urn:example:x'>\u0001</x>")),
        ("noncharacter", "the code point U+FFFF", at_end("<x xmlns='urn:example:x'>\uffff</x>")),
        ("section-end", "the end of a CDATA section that nobody began", at_end("<x xmlns='urn:example:x'>]]></x>")),
        ("section-open", "a CDATA section that does not end", lambda text: text + "<![CDATA["),
        ("byte-order-mark", "U+FEFF before it, which RFC 6120 (11.6) reads as a character", lambda text: "\ufeff" + text),
        ("words-before", "words before it", lambda text: "Hello! " + text),
        ("words-behind", "words behind it", lambda text: text + " Bye!"),
        ("twice", "the same once more behind it", lambda text: text + text),
        ("end-again", "its end tag twice", lambda text: text + f"</{name}>"),
        ("torn", "no end", lambda text: text[: -len(f"</{name}>")]),
        ("torn-tag", "half of its end tag", lambda text: text[:-3]),
        ("crossed", "elements that cross", at_end("<a xmlns='urn:example:x'><b></a></b>")),
        ("end-in-capitals", "an end tag in capitals", lambda text: text[: -len(f"</{name}>")] + f"</{name.upper()}>"),
        ("elision-attribute", "an elision where attributes stand", in_tag("...")),
        ("elision-tag", "an elision as an element", at_end("<.../>")),
        ("colon-first", "an element whose name begins with a colon", at_end("<:b/>")),
        ("colon-last", "an element whose name ends with a colon", at_end("<b: xmlns:b='urn:example:x'/>")),
        ("colon-alone", "an element whose name is a colon", at_end("<:/>")),
        ("two-colons", "a name with two colons", at_end("<a:b:c xmlns:a='urn:example:x'/>")),
        ("name-digit", "a name that begins with a digit", at_end("<1b xmlns='urn:example:x'/>")),
        ("name-space", "a space before the name", at_end("< b xmlns='urn:example:x'/>")),
        ("prefix-unbound", "a prefix that is bound to nothing", at_end("<q:b/>")),
        ("prefix-unbound-attribute", "a prefix of an attribute that is bound to nothing", in_tag("q:a='1'")),
        ("prefix-of-a-sibling", "a prefix that only a sibling declares", at_end("<a xmlns='urn:example:x' xmlns:q='urn:example:q'/><q:b/>")),
        ("prefix-undeclared", "a prefix that is bound to the empty name", at_end("<q:b xmlns:q=''/>")),
        ("prefix-xml", "the prefix xml bound to another name", in_tag("xmlns:xml='urn:example:x'")),
        ("prefix-xmlns", "the prefix xmlns declared", in_tag("xmlns:xmlns='http://www.w3.org/2000/xmlns/'")),
        ("prefix-for-xml", "another prefix bound to the name of xml", in_tag("xmlns:q='http://www.w3.org/XML/1998/namespace'")),
        ("attribute-twice", "an attribute twice in a tag", at_end("<x xmlns='urn:example:x' a='1' a='2'/>")),
        ("attribute-twice-by-namespace", "an attribute twice, under two prefixes of one namespace", at_end("<x xmlns='urn:example:x' xmlns:p='urn:example:p' xmlns:q='urn:example:p' p:a='1' q:a='2'/>")),
        ("declaration-twice", "a namespace declared twice in a tag", at_end("<x xmlns='urn:example:x' xmlns='urn:example:y'/>")),
        ("no-quotes", "an attribute without quotes", at_end("<x xmlns='urn:example:x' a=1/>")),
        ("no-value", "an attribute without a value", at_end("<x xmlns='urn:example:x' a/>")),
        ("quotes-differ", "quotes that do not agree", at_end("<x xmlns='urn:example:x' a='1\"/>")),
        ("no-space", "two attributes without a space between them", at_end("<x xmlns='urn:example:x' a='1'b='2'/>")),
        ("less-in-attribute", "a `<` in an attribute", at_end("<x xmlns='urn:example:x' a='<'/>")),
        ("attributes-in-end", "an attribute in an end tag", at_end("<x xmlns='urn:example:x'></x a='1'>")),
        ("declaration", "a declaration of markup", at_end("<!ELEMENT b ANY>")),
    ]


def stanza(held):
    shared = seal("stub", body(TEXT))
    for identifier, about, change in tricks("message"):
        note("Python")
        held.malformed(identifier, f"The stanza has {about}: it does not pass a strict parser.", change(message(shared)))
    for identifier, about, change in tricks("message"):
        if identifier in ("comment", "doctype", "words-behind", "elision-attribute", "attribute-twice", "prefix-unbound", "version-1-1", "entity-unknown"):
            held.malformed(f"{identifier}-openpgp", f"Under a right signature of Romeo's the stanza has {about}.", change(message(seal("openpgp", body(TEXT)))))
    for identifier, text, about in (
        ("nothing", "", "Nothing at all"),
        ("space", " \n", "White space alone"),
        ("words", "Good night, good night!", "Words and no element"),
        ("tag", "<message", "A tag that does not end"),
        ("attribute-twice-from", message(shared).replace("<message ", f"<message from='{ROMEO}' ", 1), "Two senders in one tag"),
        ("comment-in-base64", message(shared.replace("<payload>", "<payload><!-- x -->")), "A comment in the carrier"),
        ("comment-in-text", message(shared, outside="<subject>1<!-- -->000</subject>"), "A comment within a text"),
        ("elision-as-in-examples", message(shared).replace("<message ", "<message ... ", 1).replace("to='", "to='..' x='", 1), "An elision in the tag, as in examples of specifications"),
        ("not-sealed", "<message><body>a<!-- b --></body></message>", "A comment in a stanza that is not sealed"),
        ("iq", iq(seal("stub", "<query xmlns='jabber:iq:version'/>")).replace("</iq>", "<!-- --></iq>"), "A comment in an IQ"),
        ("carbon", carbon("received", message(shared, to=CHAMBER, namespace="jabber:client").replace("</message>", "<?a?></message>", 1)), "A processing instruction in the forwarded message"),
    ):
        held.malformed(f"stanza-{identifier}", f"{about}: it does not pass a strict parser.", text)


def rights(held):
    for identifier, about, change in (
        ("declared-namespace", "The stanza declares jabber:client.", lambda text: text.replace("<message ", "<message xmlns='jabber:client' ", 1)),
        ("prefixed", "The stanza has a prefix.", lambda text: "<c:message xmlns:c='jabber:client' " + text[len("<message ") : -len("</message>")] + "</c:message>"),
        ("reference", "A letter of an address is written as a reference.", lambda text: text.replace("romeo@", "&#114;omeo@", 1)),
        ("lines", "White space in tags and between elements.", lambda text: text.replace("<message ", "<message\n  ", 1).replace("</message>", "\n</message >")),
        ("cdata", "A CDATA section, which RFC 6120 does not forbid, in an element that is ignored.", lambda text: text.replace("</message>", "<x xmlns='urn:example:x'><![CDATA[<!-- ]]></x></message>")),
        ("entities-of-xml", "The five entities of XML.", lambda text: text.replace("</message>", "<x xmlns='urn:example:x'>&lt;&gt;&amp;&apos;&quot;</x></message>")),
        ("emoji", "Characters beyond the basic plane.", lambda text: text.replace("</message>", "<x xmlns='urn:example:x'>\U0001f339&#x1F339;</x></message>")),
        ("dots", "Three dots in an attribute are three dots.", lambda text: text.replace("type='chat'", "type='chat' id2='...'", 1)),
        ("newline-behind", "A line break behind the stanza, as between stanzas of a stream.", lambda text: text + "\n"),
    ):
        for profile in ("openpgp", "stub"):
            held.right(f"right-{identifier}-{profile}", f"{about} It is well-formed.", change(message(seal(profile, body(TEXT)), outside="<store xmlns='urn:xmpp:hints'/>")), vouched(profile), contains=[TEXT])


def envelopes(held):
    for identifier, about, change in tricks("envelope"):
        text = change(envelope(body(TEXT)))
        held.wrong(f"envelope-{identifier}", f"What was sealed has {about}: it does not pass a strict parser.", message(stub(text)), "req-receive-parse")
    for profile in ("openpgp", "omemo"):
        for identifier, about, change in tricks("envelope"):
            if identifier in ("comment", "instruction", "version-1-1", "latin-1", "doctype", "entities", "elision-attribute", "colon-first", "words-behind", "torn", "attribute-twice", "prefix-unbound"):
                text = change(envelope(body(TEXT)))
                held.wrong(f"envelope-{identifier}-{profile}", f"What Romeo sealed in {profile} has {about}.", message(protect(profile, text)), "req-receive-parse")
    for identifier, about, change in tricks("signcrypt"):
        if identifier in ("comment", "instruction-before", "doctype", "elision-attribute", "words-before", "torn"):
            held.wrong(f"signcrypt-{identifier}", f"The content element of OX has {about}.", message(pgp(change(ox_element(body(TEXT))), namespace=OX)), "req-receive-parse")
    for identifier, old, new, about in (
        ("comment-in-amount", TEXT, "Pay 1<!-- --> 000", "A comment within the text"),
        ("instruction-in-text", TEXT, "Pay 1<?x 0?>000", "A processing instruction within the text"),
        ("elision-in-affix", "<to jid", "<to ... jid", "An elision in an affix"),
        ("to-twice-in-a-tag", f"<to jid='{JULIET}'", f"<to jid='{JULIET}' jid='{NURSE}'", "Two addresses in one tag"),
        ("dots-between", "<content>", "<content>...<", "Dots and the beginning of a tag"),
    ):
        for profile in ("openpgp", "stub"):
            held.wrong(f"envelope-{identifier}-{profile}", f"{about}: it does not pass a strict parser.", message(protect(profile, envelope(body(TEXT)).replace(old, new, 1))), "req-receive-parse")


def envelope_bytes(held):
    """What a stanza cannot hold and an encrypted text can."""
    right = envelope(body(TEXT))
    for identifier, data, about in (
        ("bytes-nothing", b"", "Nothing was sealed"),
        ("bytes-zero", right.encode() + b"\x00", "A byte zero behind it"),
        ("bytes-latin-1", right.replace(TEXT, "Café").encode("latin-1"), "The text is in ISO-8859-1"),
        ("bytes-utf-16", right.encode("utf-16"), "The text is in UTF-16"),
        ("bytes-utf-16-declared", ("<?xml version='1.0' encoding='UTF-16'?>" + right).encode("utf-16"), "The text is in UTF-16 and says so"),
        ("bytes-utf-32", right.encode("utf-32"), "The text is in UTF-32"),
        ("bytes-utf-7", ("<?xml version='1.0' encoding='UTF-7'?>" + right).encode(), "The declaration says UTF-7"),
        ("bytes-overlong", right.encode().replace(b"Pay", b"\xc0\xaf"), "An overlong form"),
        ("bytes-surrogates", right.encode().replace(b"Pay", b"\xed\xa0\xbd\xed\xbc\xb9"), "Surrogates, each in three bytes"),
        ("bytes-cut-character", right.encode().replace(b"Pay", b"\xe2\x82"), "Half a character"),
        ("bytes-beyond", right.encode().replace(b"Pay", b"\xf4\x90\x80\x80"), "A code point beyond Unicode"),
        ("bytes-in-padding", right.encode().replace(b"<rpad>", b"<rpad>\xff"), "A byte that is no UTF-8, in the padding"),
        ("bytes-binary", bytes(range(256)), "No text at all"),
    ):
        for profile in ("openpgp", "stub"):
            held.wrong(f"{identifier}-{profile}", f"{about}: an envelope is XML in UTF-8.", message(protect(profile, data)), "req-receive-parse" if data or profile == "openpgp" else "req-receive-open")


def envelope_rights(held):
    right = envelope(body(TEXT))
    for identifier, text, about in (
        ("declaration", "<?xml version='1.0' encoding='UTF-8'?>" + right, "An XML declaration that says version 1.0 and UTF-8 means nothing and is accepted."),
        ("declaration-line", "<?xml version='1.0' encoding='utf-8'?>\n" + right, "The same in small letters, and a line break behind it."),
        ("declaration-short", "<?xml version='1.0'?>" + right, "A declaration of version 1.0 alone."),
        ("cdata", right.replace(TEXT, f"<![CDATA[{TEXT}]]>"), "A text as a CDATA section, which RFC 6120 does not forbid."),
        ("references", right.replace(TEXT, "Pay 1 000 to the &#x66;riar"), "A letter as a reference."),
        ("emoji", right.replace(TEXT, TEXT + " \U0001f339 &amp; go"), "Characters beyond the basic plane, and an entity of XML."),
    ):
        for profile in ("openpgp", "omemo"):
            held.right(f"envelope-{identifier}-{profile}", about, message(protect(profile, text)), contains=[TEXT])


def nest(levels, name="n"):
    return f"<{name} xmlns='urn:example:n'>" + f"<{name}>" * (levels - 1) + f"</{name}>" * levels


def depth(held):
    """The root is the first level."""
    for levels in (64, 127, 128):
        held.right(f"stanza-depth-{levels}", f"The stanza nests {levels} elements, itself included: the bound is 128.", message(seal("stub", body(TEXT)), outside=nest(levels - 1)), None, contains=[TEXT])
        held.right(f"envelope-depth-{levels}", f"The envelope nests {levels} elements, itself included: the bound is 128.", message(stub(envelope(body(TEXT) + nest(levels - 2)))), None, contains=[TEXT])
    for levels in (129, 200, 2000):
        note("Python")
        held.malformed(f"stanza-depth-{levels}", f"The stanza nests {levels} elements, itself included: the bound is 128.", message(seal("stub", body(TEXT)), outside=nest(levels - 1)))
        held.wrong(f"envelope-depth-{levels}", f"The envelope nests {levels} elements, itself included: the bound is 128.", message(stub(envelope(body(TEXT) + nest(levels - 2)))), "req-receive-parse")
    held.right("attributes-50", "Fifty attributes in one tag of the content are few.", message(seal("openpgp", body(TEXT) + "<x xmlns='urn:example:x' " + " ".join(f"a{number}='{number}'" for number in range(50)) + "/>")), contains=[TEXT])
