"""Messages and presence between two accounts: every address wrong one at a time."""

from ..stanzas import *

TEXT = "Call me but love"


def topic():
    held = Topic("one-to-one", "Messages and presence between two accounts: right ones, and each address wrong, absent or written in another way.")
    for profile in PROFILES:
        rights(held, profile)
        wrongs(held, profile)
    oddities(held)
    passed_on(held)
    of_own_sender(held)
    presences(held)
    return held


def rights(held, profile):
    author = vouched(profile)
    sealed = seal(profile, body(TEXT))
    held.right(f"{profile}", f"Romeo's message to Juliet in {profile}, as a sender that keeps to the draft writes it.", message(sealed), author, contains=[TEXT])
    sealed = seal(profile, body(TEXT))
    held.right(
        f"{profile}-no-to",
        "The stanza has no `to`: it is for the account that gets it (req-absent-address).",
        message(sealed, to=None),
        author,
        contains=[TEXT],
    )
    sealed = seal(profile, body("Remember the poison"), by="juliet", to=JULIET)
    held.right(
        f"{profile}-note-to-self",
        "Juliet's other client writes to her own account, and both addresses name her.",
        message(sealed, sender=CHAMBER, to=JULIET),
        vouched(profile, JULIET),
        contains=["Remember the poison"],
    )


def wrongs(held, profile):
    checked = "req-from-identity" if profile == "ox" else "req-from-check"
    held.wrong(
        f"{profile}-envelope-to",
        "The envelope names the Nurse, the stanza and the account are Juliet's: it was written to somebody else.",
        message(seal(profile, body(TEXT), to=NURSE)),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-stanza-to",
        "The stanza is addressed to the Nurse and was delivered to Juliet: `to` is compared with both.",
        message(seal(profile, body(TEXT)), to=NURSE),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-account",
        "Envelope and stanza agree on the Nurse, and Juliet got it: `to` is compared with the own account as well.",
        message(seal(profile, body(TEXT), to=NURSE), to=NURSE),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-stanza-from",
        "A server writes Tybalt over the sender: what names Romeo inside does not agree with it.",
        message(seal(profile, body(TEXT)), sender=TYBALT + "/square"),
        checked,
    )
    held.wrong(
        f"{profile}-no-from",
        "Without a `from` the stanza is the own account's (req-absent-address), and Romeo is not Juliet.",
        message(seal(profile, body(TEXT)), sender=None),
        checked,
    )
    if profile != "stub":
        named = {} if profile == "ox" else {"sender": ROMEO}
        held.wrong(
            f"{profile}-signer",
            "Tybalt signs what claims to be Romeo's, in a stanza that comes from Romeo: who signed decides.",
            message(seal(profile, body(TEXT), by="tybalt", **named)),
            "req-from-identity",
        )
    if profile != "ox":
        held.wrong(
            f"{profile}-envelope-from",
            "The envelope names Tybalt and the stanza comes from Romeo: `from` is compared with the stanza's.",
            message(seal(profile, body(TEXT), sender=TYBALT)),
            "req-from-check",
        )
    if profile in ("openpgp", "omemo"):
        held.wrong(
            f"{profile}-claimed-author",
            "Envelope and stanza agree on Tybalt, and Romeo signed: the one who is authenticated is another.",
            message(seal(profile, body(TEXT), sender=TYBALT), sender=TYBALT + "/square"),
            "req-from-identity",
        )
    held.wrong(
        f"{profile}-reflected",
        "A server sends Juliet her own message back as if Romeo had written it: neither `to` nor the author agrees.",
        message(seal(profile, body(TEXT), by="juliet", reader="juliet", to=ROMEO)),
        "req-to-check",
    )


def oddities(held):
    for kind in ("normal", "headline", None):
        held.right(
            f"type-{kind or 'absent'}",
            f"The type of the message is {kind or 'absent'}, which changes nothing between two accounts.",
            message(seal("openpgp", body(TEXT)), kind=kind),
            contains=[TEXT],
        )
    for identifier, sender, to in (
        ("bare", ROMEO, JULIET),
        ("other-resources", ROMEO + "/in the garden", JULIET + "/b@l/c@ny&apos;s"),
        ("emoji", ROMEO + "/\U0001f339", JULIET),
        ("capitals", "Romeo@MONTAGUE.example/Orchard", "JULIET@capulet.EXAMPLE/balcony"),
    ):
        held.right(
            f"addresses-{identifier}",
            "Addresses are compared as bare JIDs after preparation (req-compare-bare): these are the same accounts.",
            message(seal("openpgp", body(TEXT)), sender=sender, to=to),
            contains=[TEXT],
        )
    for identifier, claim in (("muc", f"<x xmlns='http://jabber.org/protocol/muc#user'><item jid='{TYBALT}'/></x>"), ("mix", f"<mix xmlns='urn:xmpp:mix:core:1'><jid>{TYBALT}</jid></mix>")):
        held.right(f"occupant-{identifier}", "In a message between accounts there is no occupant: what claims one is not compared.", message(seal("openpgp", body(TEXT)), outside=HINTS + claim), contains=[TEXT])
    bounced = seal("openpgp", body(TEXT), by="juliet", to=ROMEO)
    held.wrong(
        "bounced",
        "Romeo's server returns Juliet's own message as an error, carrier included: what it holds was not written to her.",
        message(bounced, kind="error", outside="<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"),
        "req-to-check",
    )
    held.wrong(
        "domain-as-sender",
        "The stanza comes from Romeo's server and not from his account: another address.",
        message(seal("openpgp", body(TEXT)), sender="montague.example"),
        "req-from-check",
    )
    held.wrong(
        "envelope-to-domain",
        "The envelope names the domain of the account: a domain is not the account.",
        message(seal("openpgp", body(TEXT), to="capulet.example")),
        "req-to-check",
    )
    held.wrong(
        "sender-without-local-part-in-envelope",
        "`from` inside names the domain alone: it is not the account that signed and sent.",
        message(seal("openpgp", body(TEXT), sender="montague.example")),
        "req-from-check",
    )


def passed_on(held):
    for profile in ("openpgp", "ox"):
        sealed = seal(profile, body(TEXT), to=JULIET, reader="nurse")
        held.wrong(
            f"{profile}-passed-on",
            "Juliet encrypts to the Nurse what Romeo signed for her, signature included, and the stanza comes from Romeo: `to` names another.",
            message(sealed, to=NURSE + "/kitchen"),
            "req-to-check",
            receiver=NURSE,
        )
        sealed = seal(profile, body(TEXT), to=JULIET, reader="nurse")
        held.wrong(
            f"{profile}-passed-on-from-juliet",
            "The same, and Juliet does not even hide that it comes from her: neither reader nor author agrees.",
            message(sealed, sender=PORCH, to=NURSE),
            "req-to-check",
            receiver=NURSE,
        )


        late = archived(message(seal(profile, body(TEXT), to=JULIET, reader="nurse"), to=JULIET, namespace="jabber:client"), to=NURSE + "/kitchen")
        held.wrong(
            f"{profile}-passed-on-as-archive",
            "The same as a result of Juliet's archive: the Nurse asked her own archive and no other.",
            late,
            "req-situation-archive",
            receiver=NURSE,
            clock="2026-09-21T18:00:00Z",
        )
        note("gpg")
        held.wrong(
            f"{profile}-passed-on-as-own-archive",
            "The same as a result of the Nurse's own archive: neither address of the message is hers.",
            late.replace(f"from='{JULIET}'", f"from='{NURSE}'", 1),
            "req-situation-own-archive",
            receiver=NURSE,
            clock="2026-09-21T18:00:00Z",
        )
        copy = carbon("received", message(seal(profile, body(TEXT), to=JULIET, reader="nurse"), to=JULIET, namespace="jabber:client"), to=NURSE + "/kitchen")
        held.wrong(
            f"{profile}-passed-on-as-copy",
            "The same as a carbon copy that comes from Juliet: only the own account sends copies.",
            copy,
            "req-situation-carbon",
            receiver=NURSE,
        )
        note("gpg")
        held.wrong(
            f"{profile}-passed-on-as-own-copy",
            "The same as a carbon copy of the Nurse's own server: what was received was not written to her account.",
            copy.replace(f"from='{JULIET}'", f"from='{NURSE}'", 1),
            "req-to-check",
            receiver=NURSE,
        )
        held.wrong(
            f"{profile}-passed-on-as-private-message",
            "The same as a private message through a room that both have joined: `to` names Juliet.",
            message(seal(profile, body(TEXT), to=JULIET, reader="nurse"), sender=BALCONY + "/Romeo", to=NURSE + "/kitchen"),
            "req-to-check",
            receiver=NURSE,
        )
        held.wrong(
            f"{profile}-passed-on-as-iq",
            "The same as a request: `to` names Juliet.",
            iq(seal(profile, "<x xmlns='urn:example:x'/>", to=JULIET, reader="nurse"), "set", to=NURSE + "/kitchen"),
            "req-to-check",
            receiver=NURSE,
        )
        held.wrong(
            f"{profile}-passed-on-to-the-room",
            "Juliet encrypts to all of the room what Romeo wrote to her alone, and the room hands it on: `to` names her and not the room.",
            message(seal(profile, body(TEXT), to=JULIET, reader="nurse"), sender=BALCONY + "/Juliet", to=NURSE + "/kitchen", kind="groupchat"),
            "req-to-check",
            receiver=NURSE,
        )


def of_own_sender(held):
    for profile in PROFILES:
        for kind, content in (
            ("picture", "<body>The wall is lowest here</body><x xmlns='jabber:x:oob'><url>https://upload.montague.example/wall.png</url></x>"),
            ("correction", "<body>The wall is lowest there</body><replace xmlns='urn:xmpp:message-correct:0' id='wall-1'/>"),
        ):
            plain = f"<message from='{ORCHARD}' to='{JULIET}' id='wall-2' type='chat'>{content}</message>"
            held.right(
                f"xep-{profile}-{kind}",
                f"The project's own sender seals a {kind} in {profile}.",
                own_sender(plain, profile),
                vouched(profile),
                contains=["The wall is lowest", "wall-1" if kind == "correction" else "wall.png"],
            )


def presences(held):
    status = "<status xmlns='jabber:client'>In exile</status>"
    for profile in ("openpgp", "ox", "omemo"):
        held.right(
            f"{profile}-presence",
            "Presence to one contact may be sealed (req-presence-directed), and its addresses are those of a message.",
            presence(seal(profile, status), outside="<show>away</show>"),
            contains=["In exile", "away"],
        )
    held.wrong(
        "presence-from",
        "Presence that a server attributes to Tybalt: `from` is compared as in a message.",
        presence(seal("openpgp", status), sender=TYBALT + "/square"),
        "req-from-check",
    )
    held.wrong(
        "presence-to",
        "Presence that was written to the Nurse.",
        presence(seal("openpgp", status, to=NURSE)),
        "req-to-check",
    )
    for kind in ("subscribe", "subscribed", "unsubscribe", "unsubscribed"):
        held.wrong(
            f"presence-{kind}",
            f"Presence of the type {kind} is for servers, which act on it, so it must not be sealed.",
            presence(seal("openpgp", status), sender=ROMEO, kind=kind),
            "req-presence-broadcast",
        )
