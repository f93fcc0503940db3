"""Carbon copies both ways: of direct messages, of messages of a room, forged, doubled, nested."""

from ..stanzas import *
from .rooms import ROOM_ROMEO, item

TEXT = "My other clients may know it"
PHONE_COPY = {"sender": CHAMBER, "to": ORCHARD}


FORGED = (
    "<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
    "<message xmlns='jabber:client' from='juliet@capulet.example/balcony' to='romeo@montague.example' type='chat'>"
    "<body>Forged</body></message></forwarded></sent>"
)


def sent(sealed, outer=JULIET, **parts):
    """What another client of Juliet's sent."""
    return carbon("sent", inner(sealed, **{**PHONE_COPY, **parts}), outer)


def received(sealed, outer=JULIET, **parts):
    """What another client of Juliet's received."""
    return carbon("received", inner(sealed, **{"to": CHAMBER, **parts}), outer)


def written(profile="openpgp", **parts):
    return seal(profile, body(TEXT), **{"by": "juliet", "to": ROMEO, **parts})


def topic():
    held = Topic("copies", "Carbon copies both ways: of direct messages, of messages of rooms, forged, doubled, nested, in another namespace.")
    for profile in PROFILES:
        rights(held, profile)
        wrongs(held, profile)
    of_rooms(held)
    wrappers(held)
    doubled(held)
    nested(held)
    return held


def rights(held, profile):
    held.right(f"{profile}-sent", "A copy of what Juliet's tablet sent to Romeo.", sent(written(profile)), vouched(profile, JULIET), contains=[TEXT])
    held.right(f"{profile}-received", "A copy of what Juliet's tablet received from Romeo.", received(seal(profile, body(TEXT))), vouched(profile), contains=[TEXT])


def wrongs(held, profile):
    named = "req-from-identity" if profile == "ox" else "req-from-check"
    held.wrong(
        f"{profile}-sent-by-another",
        "A copy of what was sent, but the inner message comes from Tybalt and he signed it: what an own client sent comes from the own account.",
        sent(seal(profile, body(TEXT), by="tybalt", to=ROMEO), sender=TYBALT + "/square"),
        "req-situation-carbon",
    )
    held.wrong(
        f"{profile}-sent-to-another",
        "The copy says that it went to the Nurse, the envelope was written to Romeo.",
        sent(written(profile), to=NURSE),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-received-by-another",
        "A copy of what was received, whose inner message and envelope name the Nurse: it must be the own account.",
        received(seal(profile, body(TEXT), to=NURSE), to=NURSE),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-received-inner-to",
        "The envelope names Juliet, the inner message the Nurse: `to` is compared with both.",
        received(seal(profile, body(TEXT)), to=NURSE),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-received-from-another",
        "The inner message comes from Tybalt, the envelope from Romeo.",
        received(seal(profile, body(TEXT)), sender=TYBALT + "/square"),
        named,
    )
    for identifier, outer in (("contact", ORCHARD), ("stranger", TYBALT)):
        held.wrong(
            f"{profile}-forged-sent-{identifier}",
            "Somebody else sends what looks like a copy: only the own account may.",
            sent(written(profile), outer=outer),
            "req-situation-carbon",
        )
        held.wrong(
            f"{profile}-forged-received-{identifier}",
            "Somebody else sends what looks like a copy of what was received: only the own account may.",
            received(seal(profile, body(TEXT)), outer=outer),
            "req-situation-carbon",
        )


def of_rooms(held):
    for profile in ("openpgp", "ox", "omemo"):
        held.right(
            f"{profile}-group-chat",
            "A copy of a message of the room: the wrapper is verified as a copy, the affixes as in the room.",
            received(seal(profile, body(TEXT), to=BALCONY), sender=ROOM_ROMEO, kind="groupchat"),
            contains=[TEXT],
        )
        held.right(
            f"{profile}-private",
            "A copy of a private message that came through the room: `to` names the own account.",
            received(seal(profile, body(TEXT)), sender=ROOM_ROMEO),
            contains=[TEXT],
        )
        held.right(
            f"{profile}-private-copy",
            "A copy of a private message that Juliet's tablet sent through the room: `to` names the Nurse, whom the copy does not show.",
            sent(written(profile, to=NURSE), to=BALCONY + "/Nurse"),
            JULIET,
            contains=[TEXT],
        )
        held.wrong(
            f"{profile}-group-chat-not-joined",
            "A copy of a message of a room that was not joined.",
            received(seal(profile, body(TEXT), to=GARDEN), sender=GARDEN + "/Romeo", kind="groupchat"),
            "req-room-joined",
        )
        held.wrong(
            f"{profile}-group-chat-of-an-account",
            "A copy shows Romeo's message to Juliet as group chat from her own account, which is no room.",
            received(seal(profile, body(TEXT)), sender=JULIET + "/Romeo", kind="groupchat"),
            "req-room-joined",
        )
    held.wrong(
        "group-chat-other-room",
        "A copy of a message of the garden holds what was written to the balcony.",
        received(seal("openpgp", body(TEXT), to=BALCONY), sender=GARDEN + "/Romeo", kind="groupchat"),
        "req-to-check",
        rooms=(BALCONY, GARDEN),
    )
    held.wrong(
        "group-chat-made-public",
        "A copy shows a private message as one to all.",
        received(seal("openpgp", body(TEXT)), sender=ROOM_ROMEO, kind="groupchat"),
        "req-to-check",
    )
    held.wrong(
        "private-made-of-public",
        "A copy shows a message to all as a private one.",
        received(seal("openpgp", body(TEXT), to=BALCONY), sender=ROOM_ROMEO),
        "req-to-check",
    )
    held.wrong(
        "group-chat-item",
        "The inner message discloses Tybalt as the occupant, the envelope names Romeo.",
        received(seal("openpgp", body(TEXT), to=BALCONY), sender=ROOM_ROMEO, kind="groupchat", outside=HINTS + item(TYBALT)),
        "req-from-check",
    )
    held.wrong(
        "group-chat-forged",
        "Tybalt sends a copy of a message of the room: only the own account may.",
        received(seal("openpgp", body(TEXT), to=BALCONY), outer=TYBALT, sender=ROOM_ROMEO, kind="groupchat"),
        "req-situation-carbon",
    )
    held.wrong(
        "private-copy-not-joined",
        "The copy went to an address in a room that was not joined: `to` is compared with that address, and names the Nurse.",
        sent(written(to=NURSE), to=GARDEN + "/Nurse"),
        "req-to-check",
    )
    held.wrong(
        "private-copy-by-another",
        "The copy of a private message comes from Tybalt and is signed by him: the own account must have written it.",
        sent(seal("openpgp", body(TEXT), by="tybalt", to=NURSE), sender=TYBALT + "/square", to=BALCONY + "/Nurse"),
        "req-from-check",
    )
    held.wrong(
        "private-copy-omemo-without-to",
        "In a private message through a room OMEMO demands `to`, also in the copy of one.",
        sent(written("omemo", to=None), to=BALCONY + "/Nurse"),
        "req-receive-affixes",
    )


def wrappers(held):
    held.right("outer-absent", "The outer stanza has no `from`: it is the own account's.", received(seal("openpgp", body(TEXT)), outer=None), contains=[TEXT])
    held.right("outer-absent-sent", "The same for a copy of what was sent.", sent(written(), outer=None), JULIET, contains=[TEXT])
    held.right("outer-capitals", "The outer stanza comes from the own account in capitals: prepared, it is the same.", received(seal("openpgp", body(TEXT)), outer="Juliet@CAPULET.example"))
    held.wrong("outer-domain", "The own server's domain is not the own account.", received(seal("openpgp", body(TEXT)), outer="capulet.example"), "req-situation-carbon")
    held.wrong("outer-room", "An occupant sends a copy through the room.", received(seal("openpgp", body(TEXT)), outer=BALCONY + "/Tybalt"), "req-situation-carbon")
    held.right("inner-no-to", "The inner message has no `to`: the own account takes its place.", received(seal("openpgp", body(TEXT)), to=None), contains=[TEXT])
    held.right("inner-no-from", "The inner message of what was sent has no `from`: the own account takes its place.", sent(written(), sender=None), JULIET, contains=[TEXT])
    held.wrong("inner-no-from-received", "The inner message of what was received has no `from`: so it is the own account's, and the envelope is Romeo's.", received(seal("openpgp", body(TEXT)), sender=None), "req-from-check")
    held.wrong("direction-received", "What was sent is shown as received: it was not written to the own account.", received(written(), **PHONE_COPY), "req-to-check")
    held.wrong("direction-sent", "What was received is shown as sent: the own account did not write it.", sent(seal("openpgp", body(TEXT)), sender=ORCHARD, to=CHAMBER), "req-from-check")
    right = received(seal("openpgp", body(TEXT)))
    for identifier, old, new in (
        ("namespace-older", "urn:xmpp:carbons:2", "urn:xmpp:carbons:1"),
        ("namespace-foreign", "urn:xmpp:carbons:2", "urn:example:carbons"),
        ("namespace-of-client", "urn:xmpp:carbons:2", "jabber:client"),
        ("namespace-longer", "urn:xmpp:carbons:2", "urn:xmpp:carbons:20"),
        ("name", "<received xmlns='urn:xmpp:carbons:2'>", "<receive xmlns='urn:xmpp:carbons:2'>"),
    ):
        changed = right.replace(old, new).replace("</received>", "</receive>" if identifier == "name" else "</received>")
        note("gpg")
        held.open(
            f"wrapper-{identifier}",
            "What looks like a copy is none, by its name or namespace, and in the outer message itself there is no carrier.",
            changed,
            lacks=[TEXT],
        )
    note("gpg")
    held.open(
        "forwarded-alone",
        "Romeo passes a message on (XEP-0297) without a wrapper: that is no copy, and no carrier stands in the message itself.",
        f"<message from='{ORCHARD}' to='{JULIET}'><forwarded xmlns='urn:xmpp:forward:0'>{inner(seal('openpgp', body(TEXT)))}</forwarded></message>",
        lacks=[TEXT],
    )
    for identifier, old, new in (
        ("forwarded-namespace", "urn:xmpp:forward:0", "urn:xmpp:forward:1"),
        ("inner-namespace-inherited", "<message xmlns='jabber:client'", "<message"),
        ("inner-namespace-server", "<message xmlns='jabber:client'", "<message xmlns='jabber:server'"),
        ("inner-namespace-none", "<message xmlns='jabber:client'", "<message xmlns=''"),
    ):
        note("gpg")
        held.wrong(
            identifier,
            "A copy holds exactly one {urn:xmpp:forward:0}forwarded with exactly one {jabber:client}message, and this one has it in another namespace.",
            received(seal("openpgp", body(TEXT))).replace(old, new, 1),
            "req-wrapper-one",
        )
    held.right(
        "prefixes",
        "Prefixes say the same as defaults (req-namespaces): it is a copy.",
        f"<c:message xmlns:c='jabber:client' xmlns:k='urn:xmpp:carbons:2' xmlns:f='urn:xmpp:forward:0' from='{JULIET}' to='{PORCH}'><k:received>"
        f"<f:forwarded><c:message from='{ORCHARD}' to='{CHAMBER}' type='chat'>{seal('openpgp', body(TEXT))}</c:message></f:forwarded></k:received></c:message>",
        contains=[TEXT],
    )
    held.right(
        "delay-beside",
        "A delay stands beside the forwarded message, which is allowed there; the message is fresh by the clock.",
        carbon("received", inner(seal("openpgp", body(TEXT)), to=CHAMBER), beside=f"<delay xmlns='urn:xmpp:delay' stamp='{T}'/>"),
        contains=[TEXT],
    )


def doubled(held):
    one, two = (inner(seal("openpgp", body(text)), to=CHAMBER) for text in (TEXT, "Another"))
    forwarded = "<forwarded xmlns='urn:xmpp:forward:0'>{}</forwarded>"
    cases = (
        ("two-messages", forwarded.format(one + two), "Two messages in one forwarded element"),
        ("two-forwarded", forwarded.format(one) + forwarded.format(two), "Two forwarded elements in one copy"),
        ("no-message", forwarded.format(""), "Nothing is forwarded"),
        ("no-forwarded", "", "The wrapper is empty"),
        ("message-not-forwarded", one, "The message stands in the wrapper without a forwarded element"),
        ("iq", forwarded.format(f"<iq xmlns='jabber:client' type='set' from='{ORCHARD}' to='{PORCH}' id='i'>{seal('openpgp', body(TEXT))}</iq>"), "An IQ is forwarded"),
        ("presence", forwarded.format(f"<presence xmlns='jabber:client' from='{ORCHARD}' to='{PORCH}'>{seal('openpgp', body(TEXT))}</presence>"), "A presence is forwarded"),
    )
    for identifier, within, about in cases:
        note("gpg")
        held.wrong(
            identifier,
            f"{about}: a copy holds exactly one forwarded element with exactly one message.",
            f"<message from='{JULIET}' to='{PORCH}'><received xmlns='urn:xmpp:carbons:2'>{within}</received></message>",
            "req-wrapper-one",
        )


def nested(held):
    held.open(
        "copy-in-a-copy",
        "A copy of a copy: carriers are looked for among the children of the forwarded message, and there is none.",
        carbon("received", inner(f"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{inner(seal('openpgp', body(TEXT)), to=CHAMBER)}</forwarded></received>", sender=JULIET)),
        lacks=[TEXT],
    )
    held.wrong(
        "wrapper-beside-the-carrier",
        "Beside the carrier of the forwarded message stands what looks like a copy of another one.",
        carbon("received", inner(seal("openpgp", body(TEXT)) + FORGED, to=CHAMBER)),
        "req-wrapper-one",
    )
    held.open(
        "inner-not-sealed",
        "A copy of a message that nobody has sealed.",
        received(body("In the open")),
        contains=["In the open"],
    )
    held.open(
        "copy-in-an-iq",
        "What looks like a copy stands in an IQ, and only messages have copies: the IQ itself holds no carrier.",
        iq(f"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{inner(seal('openpgp', body(TEXT)), to=CHAMBER)}</forwarded></received>", kind="set", sender=JULIET),
        lacks=[TEXT],
    )
