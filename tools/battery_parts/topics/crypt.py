"""Content elements of OX without a signature, and forms that are not what they say."""

from .. import openpgp
from ..stanzas import *

TEXT = "A friend"


def crypt(content=None, by=None, **parts):
    text = ox_element(content or body(TEXT), name="crypt", **parts).encode()
    note("gpg")
    packets = openpgp.literal(text) if by is None else openpgp.sign(text, by, parts.get("time") or T)
    return carrier(OX, openpgp.encrypt_raw(packets, ["juliet"]))


def topic():
    held = Topic("crypt", "The content element `crypt` of OX, which nobody signs, and content elements that are not what they say.")
    vague = lambda identifier, about, stanza, **known: held.add(identifier, about, stanza, "unauthenticated", "req-ox-crypt", **known)
    vague("unsigned", "Nobody signed it: it opens, and nobody vouches for an author.", message(crypt()), contains=[TEXT])
    vague("signed-by-the-sender", "Romeo signed it although the form promises no signature: it opens, and the form decides.", message(crypt(by=["romeo"])), contains=[TEXT])
    vague("without-to", "Without a signature `to` is optional.", message(crypt(to=None)), contains=[TEXT])
    vague("several-to", "Several recipients, one of them the reader.", message(crypt(to=(NURSE, JULIET))), contains=[TEXT])
    held.wrong("iq", "A request in the form that nobody signs: it would make its receiver act.", iq(crypt("<data xmlns='urn:xmpp:bob' cid='sha1+00@bob.xmpp.org'/>")), "req-receive-open")
    vague("fallback", "A fallback and a body outside are no more restored than in other forms.", message(crypt(), outside="<body>Outer text</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:example:without'/>"), contains=[TEXT], lacks=["Outer text", "urn:example:without"])
    vague("late-own-server", "Delivered late, as the own server says.", message(crypt(), outside=DELAY.format("capulet.example", T)), clock=later(3600), contains=[TEXT])
    held.wrong("signed-by-another", "Tybalt signed what comes from Romeo: a signature that is there must be the sender's.", message(crypt(by=["tybalt"])), "req-from-identity")
    held.wrong("signed-by-the-reader", "Juliet's own key signed what comes from Romeo.", message(crypt(by=["juliet"])), "req-from-identity")
    held.wrong("to-another", "`to` need not be there; one that is names the Nurse.", message(crypt(to=NURSE)), "req-to-check")
    held.wrong("late", "The time is verified without a signature too.", message(crypt()), "req-time-check", clock=later(301))
    held.wrong("no-time", "XEP-0373 demands the time in every form.", message(crypt(time=None)), "req-receive-affixes")
    held.wrong("group-chat-not-joined", "The reader has not joined the room.", message(crypt(to=GARDEN), sender=GARDEN + "/Romeo", kind="groupchat"), "req-room-joined")
    held.wrong("text", "Text in the content element.", message(crypt(more="Pay.")), "req-no-text")
    held.wrong("two-bodies", "Two bodies of one language.", message(crypt(body("One") + body("Two"))), "req-content-once")
    signcrypt = ox_element(body(TEXT)).encode()
    note("gpg")
    held.wrong("signcrypt-unsigned", "The form promises a signature, and there is none.", message(carrier(OX, openpgp.encrypt_raw(openpgp.literal(signcrypt), ["juliet"]))), "req-receive-open")
    note("gpg")
    held.wrong("signcrypt-in-the-open", "The form promises encryption, and it is only signed.", message(carrier(OX, openpgp.sign(signcrypt, ["romeo"], T))), "req-receive-open")
    note("gpg")
    held.wrong("crypt-in-the-open", "The form promises encryption, and the text is in the open.", message(carrier(OX, openpgp.literal(ox_element(body(TEXT), name="crypt").encode()))), "req-receive-open")
    note("gpg")
    held.wrong("crypt-in-sce", "The form of OX in the carrier for envelopes.", message(carrier(SCE, openpgp.encrypt_raw(openpgp.sign(ox_element(body(TEXT), name="crypt").encode(), ["romeo"], T), ["juliet"]))), "req-receive-schema")
    held.wrong("from", "OX has no `from`, and its profile forbids it.", message(pgp(ox_element(body(TEXT), more=f"<from jid='{ROMEO}'/>"), namespace=OX)), "req-receive-affixes")
    for identifier, to in (("first", (JULIET, NURSE)), ("last", (NURSE, ROMEO, JULIET)), ("twice", (JULIET, JULIET))):
        held.right(f"several-to-{identifier}", "Several recipients in OX: one of them is the reader (req-ox-several-to).", message(seal("ox", body(TEXT), to=to)), contains=[TEXT])
    held.wrong("several-to-none", "Several recipients in OX, and none of them is the reader.", message(seal("ox", body(TEXT), to=(NURSE, ROMEO))), "req-to-check")
    held.right("body-server", "A body in the namespace jabber:server, which XEP-0374 has clients accept.", message(seal("ox", f"<body xmlns='jabber:server'>{TEXT}</body>")), contains=[TEXT])
    return held
