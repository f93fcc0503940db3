"""Group chat, private messages through a room, channels of MIX."""

from ..stanzas import *

TEXT = "The friar will see us at noon"
ROOM_ROMEO, ROOM_JULIET = BALCONY + "/Romeo", BALCONY + "/Juliet"
MUC = "<x xmlns='http://jabber.org/protocol/muc#user'>{}</x>"


def item(jid):
    return MUC.format(f"<item affiliation='member' role='participant' jid='{jid}'/>")


def mix(jid, nick="Romeo"):
    return f"<mix xmlns='urn:xmpp:mix:core:1'><nick>{nick}</nick><jid>{jid}</jid></mix>"


def reflected(sealed, sender=ROOM_ROMEO, to=PORCH, kind="groupchat", outside=HINTS):
    return message(sealed, sender=sender, to=to, kind=kind, outside=outside)


def topic():
    held = Topic("rooms", "Group chat, private messages through a room, and channels of MIX: who is in which room is told with each case.")
    for profile in PROFILES:
        public(held, profile)
        private(held, profile)
    disclosed(held)
    channels(held)
    never_joined(held)
    oddities(held)
    of_own_sender(held)
    return held


def public(held, profile):
    author = vouched(profile)
    known = {"contains": [TEXT]}
    held.right(f"{profile}", f"Romeo's message to the room in {profile}, as the room reflects it to Juliet.", reflected(seal(profile, body(TEXT), to=BALCONY)), author, **known)
    held.right(
        f"{profile}-own",
        "The room reflects Juliet's own message to her: its envelope names the room, and she is the author.",
        reflected(seal(profile, body(TEXT), by="juliet", to=BALCONY), sender=ROOM_JULIET),
        vouched(profile, JULIET),
        **known,
    )
    held.wrong(
        f"{profile}-other-room",
        "What was written to the balcony turns up in the garden, where Juliet is as well: `to` names another room.",
        reflected(seal(profile, body(TEXT), to=BALCONY), sender=GARDEN + "/Romeo"),
        "req-to-check",
        rooms=(BALCONY, GARDEN),
    )
    held.wrong(
        f"{profile}-made-public",
        "A private message to Juliet comes as one to all: its envelope names her account and not the room.",
        reflected(seal(profile, body(TEXT), to=JULIET)),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-not-joined",
        "A message of a room that Juliet has not joined: no group chat is accepted from it.",
        reflected(seal(profile, body(TEXT), to=GARDEN), sender=GARDEN + "/Romeo"),
        "req-room-joined",
    )
    held.wrong(
        f"{profile}-one-to-one-as-group-chat",
        "Juliet encrypts to the Nurse what Romeo wrote to her alone, and sends it as group chat from her own address: `to` agrees with where it comes from, which is no room.",
        reflected(seal(profile, body(TEXT), to=JULIET, reader="nurse"), sender=JULIET + "/Romeo", to=NURSE + "/kitchen"),
        "req-room-joined",
        receiver=NURSE,
    )
    held.wrong(
        f"{profile}-own-server-as-room",
        "Juliet's server shows her Romeo's message as group chat from her own address: that is no room.",
        reflected(seal(profile, body(TEXT), to=JULIET), sender=JULIET + "/Romeo"),
        "req-room-joined",
    )


def private(held, profile):
    author = vouched(profile)
    held.right(
        f"{profile}-private",
        f"Romeo's private message to Juliet through the room in {profile}: `to` names her account.",
        reflected(seal(profile, body(TEXT)), kind="chat", outside=HINTS + MUC.format("")),
        author,
        contains=[TEXT],
    )
    held.wrong(
        f"{profile}-made-private",
        "The room hands a message to all as a private one: `to` names the room and not Juliet.",
        reflected(seal(profile, body(TEXT), to=BALCONY), kind="chat"),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-private-other",
        "A private message to the Nurse is handed to Juliet: `to` names another account.",
        reflected(seal(profile, body(TEXT), to=NURSE), kind="chat"),
        "req-to-check",
    )
    held.wrong(
        f"{profile}-private-not-joined",
        "A private message through a room that Juliet has not joined is one from that address, which is not Romeo's.",
        reflected(seal(profile, body(TEXT)), sender=GARDEN + "/Romeo", kind="chat"),
        "req-from-identity" if profile == "ox" else "req-from-check",
    )


def disclosed(held):
    for profile in ("openpgp", "omemo", "stub"):
        author = vouched(profile)
        for kind, to in (("groupchat", BALCONY), ("chat", JULIET)):
            word = "public" if kind == "groupchat" else "private"
            held.right(
                f"{profile}-occupant-{word}",
                f"The room disclosed that this nickname is Romeo, and the envelope of the {word} message says so too.",
                reflected(seal(profile, body(TEXT), to=to), kind=kind),
                author,
                occupant=ORCHARD,
            )
            held.wrong(
                f"{profile}-occupant-{word}-other",
                f"The room disclosed that this nickname is Tybalt, and the envelope of the {word} message names Romeo.",
                reflected(seal(profile, body(TEXT), to=to), kind=kind),
                "req-from-check",
                occupant=TYBALT,
            )
    for profile in ("openpgp", "ox"):
        held.right(
            f"{profile}-item",
            "The message itself discloses the occupant's address, and it is the author's.",
            reflected(seal(profile, body(TEXT), to=BALCONY), outside=HINTS + item(ORCHARD)),
            contains=[TEXT],
        )
    held.wrong(
        "item-other",
        "The message itself discloses Tybalt's address, the envelope names Romeo.",
        reflected(seal("openpgp", body(TEXT), to=BALCONY), outside=HINTS + item(TYBALT)),
        "req-from-check",
    )
    held.wrong(
        "item-other-private",
        "The same in a private message.",
        reflected(seal("openpgp", body(TEXT)), kind="chat", outside=HINTS + item(TYBALT + "/square")),
        "req-from-check",
    )
    held.wrong(
        "item-inside-of-no-use",
        "Tybalt's address outside, Romeo's in an item inside the content: only what the room wrote outside discloses an occupant.",
        reflected(seal("openpgp", body(TEXT) + item(ORCHARD), to=BALCONY), outside=HINTS + item(TYBALT)),
        "req-from-check",
    )
    held.right(
        "item-inside-ignored",
        "An item inside names Tybalt; only the room discloses occupants, and the element is discarded inside (req-discard-inside).",
        reflected(seal("openpgp", body(TEXT) + item(TYBALT), to=BALCONY)),
        contains=[TEXT],
        lacks=[TYBALT],
    )
    for identifier, sealed, known in (
        ("told", reflected(seal("ox", body(TEXT), to=BALCONY)), {"occupant": TYBALT}),
        ("item", reflected(seal("ox", body(TEXT), to=BALCONY), outside=item(TYBALT)), {}),
        ("mix", reflected(seal("ox", body(TEXT), to=CHANNEL), sender=CHANNEL + "/1", outside=mix(TYBALT)), {"rooms": (CHANNEL,)}),
    ):
        note("gpg")
        held.wrong(f"ox-occupant-other-{identifier}", "OX has no `from`: who signed takes its place, and is not the occupant that was disclosed.", sealed, "req-situation-group-chat", **known)
    held.right(
        "private-author-is-the-signer",
        "A private message under Romeo's nickname, written and signed by Tybalt; no occupant was disclosed.",
        reflected(seal("openpgp", body(TEXT), by="tybalt"), kind="chat"),
        TYBALT,
        contains=[TEXT],
    )
    for profile in ("openpgp", "omemo"):
        held.wrong(
            f"{profile}-signer",
            "Tybalt signs for the room what names Romeo as its author.",
            reflected(seal(profile, body(TEXT), by="tybalt", sender=ROMEO, to=BALCONY)),
            "req-from-identity",
        )
    held.right(
        "author-is-the-signer",
        "Under Romeo's nickname stands what Tybalt wrote and signed for the room; no occupant was disclosed, and the author is who signed.",
        reflected(seal("openpgp", body(TEXT), by="tybalt", to=BALCONY)),
        TYBALT,
        contains=[TEXT],
    )


def channels(held):
    at = CHANNEL + "/123456"
    for profile in ("openpgp", "ox", "omemo"):
        held.right(
            f"{profile}-mix",
            "A channel of MIX reflects Romeo's message and discloses his address: verified as in a room.",
            reflected(seal(profile, body(TEXT), to=CHANNEL), sender=at, to=JULIET, outside=HINTS + mix(ROMEO)),
            rooms=(CHANNEL,),
            contains=[TEXT],
        )
        held.wrong(
            f"{profile}-mix-not-joined",
            "The same from a channel that Juliet has not joined.",
            reflected(seal(profile, body(TEXT), to=CHANNEL), sender=at, to=JULIET, outside=HINTS + mix(ROMEO)),
            "req-room-joined",
        )
    held.right(
        "mix-without-address",
        "The channel discloses a nickname alone: there is nothing to compare, and the author is who signed.",
        reflected(seal("openpgp", body(TEXT), to=CHANNEL), sender=at, outside="<mix xmlns='urn:xmpp:mix:core:1'><nick>R</nick></mix>"),
        rooms=(BALCONY, CHANNEL),
    )
    held.wrong(
        "mix-other-author",
        "The channel says that Tybalt wrote it, the envelope that it was Romeo.",
        reflected(seal("openpgp", body(TEXT), to=CHANNEL), sender=at, outside=mix(TYBALT, "Tybalt")),
        "req-from-check",
        rooms=(CHANNEL,),
    )
    held.wrong(
        "mix-of-a-room",
        "What was written to the room comes from the channel; both were joined, and `to` names the other.",
        reflected(seal("openpgp", body(TEXT), to=BALCONY), sender=at, outside=mix(ROMEO)),
        "req-to-check",
        rooms=(BALCONY, CHANNEL),
    )


def never_joined(held):
    for identifier, sender in (("account", ORCHARD), ("bare-account", ROMEO), ("own-bare", JULIET), ("absent", None), ("domain", "rooms.capulet.example")):
        to = BALCONY if sender is None else sender.split("/")[0]
        held.wrong(
            f"group-chat-from-{identifier}",
            "A message of the type groupchat comes from what is no room that was joined, whatever its envelope names.",
            reflected(seal("openpgp", body(TEXT), to=to), sender=sender),
            "req-room-joined",
        )
    held.wrong(
        "nobody-told",
        "No room is known to the receiver: without that knowledge no group chat is accepted.",
        reflected(seal("openpgp", body(TEXT), to=BALCONY)),
        "req-room-joined",
        rooms=(),
    )
    for identifier, room in (("longer-domain", "balcony@rooms.capulet.example.org"), ("other-local-part", "balcony2@rooms.capulet.example"), ("resource-like-a-room", TYBALT + "/" + BALCONY)):
        held.wrong(
            f"looks-alike-{identifier}",
            "An address that looks like that of the room and is another: it was not joined.",
            reflected(seal("openpgp", body(TEXT), to=room.split("/")[0]), sender=room if "/" in room else room + "/Romeo"),
            "req-room-joined",
        )


def oddities(held):
    for identifier, sender, named in (
        ("capitals", "BALCONY@Rooms.Capulet.Example/Romeo", BALCONY),
        ("capitals-inside", ROOM_ROMEO, "Balcony@ROOMS.capulet.example"),
        ("nickname-with-signs", BALCONY + "/Romeo @ orchard / gate", BALCONY),
        ("nickname-emoji", BALCONY + "/Romeo \U0001f339", BALCONY),
        ("from-the-room-itself", BALCONY, BALCONY),
    ):
        held.right(
            f"address-{identifier}",
            "Addresses are compared as bare JIDs after preparation: it is the room that was joined.",
            reflected(seal("openpgp", body(TEXT), to=named), sender=sender),
            contains=[TEXT],
        )
    held.right(
        "no-stanza-to",
        "The stanza has no `to`, which is not compared in a group chat.",
        reflected(seal("openpgp", body(TEXT), to=BALCONY), to=None),
    )
    held.right(
        "joined-as-the-second",
        "Juliet has joined several rooms, and it comes from the last of them.",
        reflected(seal("openpgp", body(TEXT), to=BALCONY)),
        rooms=(GARDEN, CHANNEL, BALCONY),
    )
    held.right(
        "direct-although-in-rooms",
        "A message from account to account is none of a room, whichever rooms were joined.",
        message(seal("openpgp", body(TEXT))),
        rooms=(BALCONY, GARDEN),
    )
    held.wrong(
        "direct-to-a-room",
        "A message from Romeo's account to Juliet's names the room inside: no room has handed it on.",
        message(seal("openpgp", body(TEXT), to=BALCONY)),
        "req-to-check",
    )
    held.wrong(
        "omemo-without-to",
        "OMEMO demands `to` in a room (as XEP-0384), and there is none.",
        reflected(seal("omemo", body(TEXT), to=None)),
        "req-receive-affixes",
    )
    held.wrong(
        "omemo-private-without-to",
        "OMEMO demands `to` in a private message through a room as well.",
        reflected(seal("omemo", body(TEXT), to=None), kind="chat"),
        "req-receive-affixes",
    )
    held.right(
        "ox-several-rooms",
        "OX lets a sender name several recipients, and one of them is the room.",
        reflected(seal("ox", body(TEXT), to=(ROMEO, BALCONY))),
    )
    held.wrong(
        "ox-several-none",
        "Several recipients in OX, none of them the room.",
        reflected(seal("ox", body(TEXT), to=(ROMEO, JULIET))),
        "req-to-check",
    )


def of_own_sender(held):
    for profile in PROFILES:
        plain = f"<message from='{ORCHARD}' to='{BALCONY}' id='r1' type='groupchat'><body>{TEXT}</body></message>"
        sealed = own_sender(plain, profile, more=("--to", "juliet")) if profile == "omemo" else own_sender(plain, profile)
        sealed = sealed.replace(f"from='{ORCHARD}'", f"from='{ROOM_ROMEO}'", 1).replace(f"to='{BALCONY}'", f"to='{PORCH}'", 1)
        held.right(
            f"xep-{profile}",
            f"The project's own sender writes to the room in {profile}, and the room reflects it.",
            sealed,
            vouched(profile),
            contains=[TEXT],
        )
