"""Results of the own archive, of a room's and of a channel's archive."""

from ..stanzas import *
from .rooms import ROOM_ROMEO, item, mix

TEXT = "A week later she reads it"
WEEK = "2026-09-21T18:00:00Z"
LATE = {"clock": WEEK}


def own(sealed, outer=JULIET, stamp=T, query="f27", beside="", **parts):
    return archived(inner(sealed, **{"to": CHAMBER, **parts}), outer, stamp=stamp, query=query, beside=beside)


def of_room(sealed, outer=BALCONY, stamp=T, query="f27", **parts):
    return archived(inner(sealed, **{"sender": ROOM_ROMEO, "to": None, "kind": "groupchat", **parts}), outer, stamp=stamp, query=query)


def topic():
    held = Topic("archives", "Results of archives: the own one, that of a room, that of a channel; forged, misfiled, never asked for.")
    for profile in PROFILES:
        own_archive(held, profile)
        rooms_archive(held, profile)
    stamps(held)
    asked(held)
    forged(held)
    doubled(held)
    channels(held)
    return held


def own_archive(held, profile):
    author = vouched(profile)
    known = {"contains": [TEXT], **LATE}
    held.right(f"{profile}-received", "The own archive returns, a week later, what Romeo wrote.", own(seal(profile, body(TEXT))), author, **known)
    held.right(
        f"{profile}-sent",
        "The own archive returns what Juliet wrote to Romeo from another client.",
        own(seal(profile, body(TEXT), by="juliet", to=ROMEO), sender=CHAMBER, to=ROMEO),
        vouched(profile, JULIET),
        **known,
    )
    held.right(f"{profile}-outer-absent", "The result has no `from`: it is the own archive's.", own(seal(profile, body(TEXT)), outer=None), author, **known)
    held.right(
        f"{profile}-own-group-chat",
        "The own archive holds a message of a room that was joined: verified as in the room.",
        own(seal(profile, body(TEXT), to=BALCONY), sender=ROOM_ROMEO, kind="groupchat"),
        author,
        **known,
    )
    held.right(
        f"{profile}-own-private",
        "The own archive holds a private message that came through the room.",
        own(seal(profile, body(TEXT)), sender=ROOM_ROMEO),
        author,
        **known,
    )
    held.right(
        f"{profile}-own-private-copy",
        "The own archive holds a private message that Juliet sent through the room: `to` names the Nurse, whom the copy does not show.",
        own(seal(profile, body(TEXT), by="juliet", to=NURSE), sender=CHAMBER, to=BALCONY + "/Nurse"),
        vouched(profile, JULIET),
        **known,
    )
    held.wrong(
        f"{profile}-envelope-to",
        "In Juliet's archive lies what was written to the Nurse.",
        own(seal(profile, body(TEXT), to=NURSE)),
        "req-to-check",
        **LATE,
    )
    held.wrong(
        f"{profile}-inner-from",
        "The archive says that Tybalt wrote it, the envelope that it was Romeo.",
        own(seal(profile, body(TEXT)), sender=TYBALT + "/square"),
        "req-from-identity" if profile == "ox" else "req-from-check",
        **LATE,
    )
    held.wrong(
        f"{profile}-of-others",
        "In Juliet's archive lies what Romeo wrote to the Nurse: neither address is her own.",
        own(seal(profile, body(TEXT), to=NURSE), to=NURSE),
        "req-situation-own-archive",
        **LATE,
    )
    held.wrong(
        f"{profile}-as-group-chat",
        "The archive turns Romeo's message to Juliet into group chat from her own address: that is no room.",
        own(seal(profile, body(TEXT)), sender=JULIET + "/Romeo", kind="groupchat"),
        "req-room-joined",
        **LATE,
    )


def rooms_archive(held, profile):
    known = {"contains": [TEXT], **LATE}
    held.right(f"{profile}-room", "The room's archive returns Romeo's message to all.", of_room(seal(profile, body(TEXT), to=BALCONY)), vouched(profile), **known)
    held.wrong(
        f"{profile}-room-not-joined",
        "The archive of a room that was not joined.",
        of_room(seal(profile, body(TEXT), to=GARDEN), outer=GARDEN, sender=GARDEN + "/Romeo"),
        "req-situation-archive",
        **LATE,
    )
    held.wrong(
        f"{profile}-room-envelope-to",
        "In the room's archive lies what was written to another room.",
        of_room(seal(profile, body(TEXT), to=GARDEN)),
        "req-to-check",
        rooms=(BALCONY, GARDEN),
        **LATE,
    )
    held.wrong(
        f"{profile}-room-of-an-account",
        "Juliet sends the Nurse a result of an `archive` with what Romeo wrote to Juliet, as group chat from her own address.",
        of_room(seal(profile, body(TEXT), to=JULIET, reader="nurse"), outer=JULIET, sender=JULIET + "/Romeo"),
        "req-situation-archive",
        receiver=NURSE,
        **LATE,
    )


def stamps(held):
    sealed = lambda time=T: seal("openpgp", body(TEXT), at=time)
    for identifier, seconds in (("300-later", 300), ("300-earlier", -300), ("same", 0)):
        held.right(f"stamp-{identifier}", "The archive's stamp and the envelope's time differ by at most 300 seconds.", own(sealed(), stamp=later(seconds)), contains=[TEXT], **LATE)
    for identifier, seconds in (("301-later", 301), ("301-earlier", -301), ("days", 5 * 86400)):
        held.wrong(f"stamp-{identifier}", "The archive's stamp and the envelope's time differ by more than 300 seconds.", own(sealed(), stamp=later(seconds)), "req-time-check", **LATE)
    held.right("no-stamp-fresh", "The archive wrote no stamp: the time is compared with the clock, and it is fresh.", own(sealed(), stamp=None), contains=[TEXT])
    held.wrong("no-stamp-old", "The archive wrote no stamp: compared with the clock, the envelope is a week old.", own(sealed(), stamp=None), "req-time-check", **LATE)
    future = later(3600)
    held.distant(
        "stamp-in-the-future",
        "The archive's stamp lies an hour ahead of the clock: it is not used, and compared with the clock the envelope is an hour ahead too.",
        own(seal("omemo", body(TEXT), at=future), stamp=future),
        "omemo",
    )
    held.wrong(
        "stamp-inner-not-used",
        "The archive's stamp does not agree, one of the own server inside the message would: the archive's is used.",
        own(sealed(), stamp=later(86400), outside=HINTS + DELAY.format("capulet.example", T)),
        "req-time-check",
        **LATE,
    )
    held.right(
        "stamp-before-inner",
        "The archive's stamp agrees, an earlier one in the message does not: the archive's is used.",
        own(sealed(), stamp=T, outside=HINTS + DELAY.format("capulet.example", later(-86400))),
        contains=[TEXT],
        **LATE,
    )
    held.wrong(
        "stamp-in-the-result",
        "The stamp stands in the result and not beside the forwarded message, so it is none of the archive's.",
        own(sealed(), stamp=None).replace("<forwarded ", f"<delay xmlns='urn:xmpp:delay' stamp='{T}'/><forwarded ", 1),
        "req-time-check",
        **LATE,
    )
    held.wrong(
        "stamp-in-the-outer",
        "The stamp stands in the outer message, without an author.",
        own(sealed(), stamp=None).replace("<result ", f"<delay xmlns='urn:xmpp:delay' stamp='{T}'/><result ", 1),
        "req-time-check",
        **LATE,
    )
    held.wrong(
        "stamp-in-the-content",
        "A delay in the content would agree; it is the author's word and never used.",
        own(seal("openpgp", body(TEXT) + DELAY.format("capulet.example", later(86400)), at=T), stamp=later(86400)),
        "req-time-check",
        **LATE,
    )
    held.right(
        "stamp-other-zone",
        "The archive writes its stamp in another time zone, with fractions: it is the same moment.",
        own(sealed(), stamp="2026-09-14T11:12:00.123+02:00"),
        contains=[TEXT],
        **LATE,
    )
    held.wrong(
        "stamp-older-namespace",
        "The stamp is in the older namespace jabber:x:delay, which is not used.",
        own(sealed(), stamp=None, beside="<x xmlns='jabber:x:delay' stamp='20260914T09:12:00'/>"),
        "req-time-check",
        **LATE,
    )


def asked(held):
    sealed = lambda: seal("openpgp", body(TEXT))
    held.right("asked", "The result answers a query that was made.", own(sealed(), query="f27"), queries=["f26", "f27"], contains=[TEXT], **LATE)
    held.right("asked-room", "The same in a room's archive.", of_room(seal("openpgp", body(TEXT), to=BALCONY), query="g1"), queries=["g1"], contains=[TEXT], **LATE)
    for identifier, query, queries in (("other", "f28", ["f27"]), ("absent", None, ["f27"]), ("none-made", "f27", []), ("capitals", "F27", ["f27"]), ("empty", "", ["f27"])):
        held.wrong(
            f"not-asked-{identifier}",
            "Queries were made and told, and the result answers none of them.",
            own(sealed(), query=query),
            "req-archive-asked",
            queries=queries,
            **LATE,
        )
    held.right("queries-not-told", "It is not told which queries were made, so any that is named counts.", own(sealed()), queries=None, contains=[TEXT], **LATE)
    held.wrong("query-not-named", "A result that names no query answers none, whichever were made.", own(sealed(), query=None), "req-archive-asked", queries=None, **LATE)


def forged(held):
    sealed = lambda **parts: seal("openpgp", body(TEXT), **parts)
    for identifier, outer in (("contact", ORCHARD), ("stranger", TYBALT), ("own-domain", "capulet.example"), ("room-not-joined", GARDEN)):
        held.wrong(f"forged-{identifier}", "A result of the own archive comes from somebody else.", own(sealed(), outer=outer), "req-situation-archive", **LATE)
    held.wrong("forged-by-the-room", "A room returns a message between two accounts: its archive holds group chat alone.", own(sealed(), outer=BALCONY), "req-situation-archive", **LATE)
    held.wrong(
        "forged-by-an-occupant",
        "An occupant sends through the room what looks like a result of its archive: an occupant is not the room itself.",
        of_room(sealed(to=BALCONY), outer=BALCONY + "/Tybalt"),
        "req-situation-archive",
        **LATE,
    )
    held.wrong(
        "forged-by-another-room",
        "The archive of one room returns a message of another; both were joined.",
        of_room(sealed(to=BALCONY), outer=GARDEN),
        "req-situation-archive",
        rooms=(BALCONY, GARDEN),
        **LATE,
    )
    held.wrong(
        "room-item-other",
        "The room's archive discloses Tybalt as the occupant, the envelope names Romeo.",
        of_room(sealed(to=BALCONY), outside=HINTS + item(TYBALT)),
        "req-from-check",
        **LATE,
    )
    held.right("room-item", "The room's archive discloses the author's address.", of_room(sealed(to=BALCONY), outside=HINTS + item(ORCHARD)), contains=[TEXT], **LATE)
    held.wrong(
        "own-archive-room-not-joined",
        "The own archive returns a message of a room that was not joined.",
        own(sealed(to=GARDEN), sender=GARDEN + "/Romeo", kind="groupchat"),
        "req-room-joined",
        **LATE,
    )
    held.wrong(
        "own-archive-private-copy-not-joined",
        "The own archive returns what Juliet sent to an address in a room that was not joined: `to` names the Nurse.",
        own(sealed(by="juliet", to=NURSE), sender=CHAMBER, to=GARDEN + "/Nurse"),
        "req-to-check",
        **LATE,
    )
    note("gpg")
    held.open(
        "other-version",
        "A result in the namespace of another version of the protocol is no wrapper, and no carrier stands in the message itself.",
        own(sealed()).replace("urn:xmpp:mam:2", "urn:xmpp:mam:1"),
        lacks=[TEXT],
        **LATE,
    )


def doubled(held):
    one, two = (inner(seal("openpgp", body(text)), to=CHAMBER) for text in (TEXT, "Another"))
    delay = f"<delay xmlns='urn:xmpp:delay' stamp='{T}'/>"
    forwarded = "<forwarded xmlns='urn:xmpp:forward:0'>{}</forwarded>"
    for identifier, within in (
        ("two-forwarded", forwarded.format(delay + one) + forwarded.format(delay + two)),
        ("two-messages", forwarded.format(delay + one + two)),
        ("no-message", forwarded.format(delay)),
        ("no-forwarded", ""),
        ("forwarded-in-forwarded", forwarded.format(delay + forwarded.format(delay + one))),
        ("inner-namespace", forwarded.format(delay + one.replace("jabber:client", "jabber:server", 1))),
    ):
        note("gpg")
        held.wrong(
            identifier,
            "A result holds exactly one forwarded element with exactly one message of jabber:client, and this one does not.",
            f"<message from='{JULIET}' to='{PORCH}'><result xmlns='urn:xmpp:mam:2' queryid='f27' id='1'>{within}</result></message>",
            "req-wrapper-one",
            **LATE,
        )
    held.open(
        "copy-in-a-result",
        "The archive returns a carbon copy: carriers are looked for among the children of the forwarded message, and there is none.",
        archived(carbon("received", one).replace("<message", "<message xmlns='jabber:client'", 1)),
        lacks=[TEXT],
        **LATE,
    )
    held.open("not-sealed", "The archive returns a message that nobody has sealed.", own(body("In the open")), contains=["In the open"], **LATE)


def channels(held):
    known = {"rooms": (CHANNEL,), **LATE}
    disclosed = HINTS + mix(ROMEO)
    held.right(
        "mix",
        "The channel's archive returns what it stored: the message comes from the channel itself (XEP-0369).",
        of_room(seal("openpgp", body(TEXT), to=CHANNEL), outer=CHANNEL, sender=CHANNEL, outside=disclosed),
        contains=[TEXT],
        **known,
    )
    held.right(
        "mix-own-archive",
        "The own archive returns a message of a channel.",
        own(seal("openpgp", body(TEXT), to=CHANNEL), sender=CHANNEL + "/123456", to=JULIET, kind="groupchat", outside=disclosed),
        contains=[TEXT],
        **known,
    )
    held.wrong(
        "mix-other-author",
        "The channel's archive says that Tybalt wrote it.",
        of_room(seal("openpgp", body(TEXT), to=CHANNEL), outer=CHANNEL, sender=CHANNEL, outside=mix(TYBALT)),
        "req-from-check",
        **known,
    )
    held.wrong(
        "mix-own-archive-not-joined",
        "The own archive returns a message of a channel that was not joined.",
        own(seal("openpgp", body(TEXT), to=CHANNEL), sender=CHANNEL + "/123456", to=JULIET, kind="groupchat", outside=disclosed),
        "req-room-joined",
        **LATE,
    )
