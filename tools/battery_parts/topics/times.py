"""Both sides of 300 seconds; forms of a stamp; delays by the own server, the room, strangers."""

from ..stanzas import *
from .rooms import ROOM_ROMEO

TEXT = "It was the nightingale"
OWN, HOUR = "capulet.example", 3600


def at(stamp, profile="openpgp", **parts):
    """A message whose envelope has this stamp; the signature is of the same moment."""
    return seal(profile, body(TEXT), time=stamp, **parts)


def topic():
    held = Topic("times", "The time: both sides of the bound, forms of a stamp, and whose delay counts.")
    for profile in PROFILES:
        bounds(held, profile)
        own_delay(held, profile)
    fractions(held)
    forms(held)
    strangers(held)
    several(held)
    future(held)
    in_rooms(held)
    in_copies(held)
    return held


def bounds(held, profile):
    for seconds in (300, -300):
        held.right(
            f"{profile}-{'late' if seconds > 0 else 'early'}-300",
            "The envelope's time and the clock differ by exactly 300 seconds, which is not more than 300.",
            message(at(T, profile)),
            vouched(profile),
            clock=later(seconds),
        )
    for seconds in (301, -301):
        held.distant(
            f"{profile}-{'late' if seconds > 0 else 'early'}-301",
            "The envelope's time and the clock differ by 301 seconds.",
            message(at(T, profile)),
            profile,
            clock=later(seconds),
        )


def own_delay(held, profile):
    delay = DELAY.format(OWN, later(2))
    held.right(
        f"{profile}-own-server",
        "Juliet was offline for an hour, and her server says when the message came: the time is compared with that.",
        message(at(T, profile), outside=HINTS + delay),
        vouched(profile),
        clock=later(HOUR),
        contains=[TEXT, later(2)],
    )
    held.distant(
        f"{profile}-own-server-301",
        "Her server says that it came 301 seconds after it was sealed.",
        message(at(T, profile), outside=HINTS + DELAY.format(OWN, later(301))),
        profile,
        clock=later(HOUR),
    )
    held.distant(
        f"{profile}-no-delay",
        "It came an hour late and nobody says why.",
        message(at(T, profile)),
        profile,
        clock=later(HOUR),
    )


def fractions(held):
    for identifier, stamp, clock in (
        ("fraction-inside", "2026-09-14T09:12:00.999Z", later(300)),
        ("fraction-early", "2026-09-14T09:16:59.999Z", T),
        ("fraction-many-digits", "2026-09-14T09:12:00.000000000000000001Z", later(300)),
        ("zone-east", "2026-09-14T11:12:00+02:00", T),
        ("zone-west", "2026-09-14T04:12:00-05:00", T),
        ("zone-half-hour", "2026-09-14T14:42:00+05:30", T),
        ("zone-zero", "2026-09-14T09:12:00+00:00", T),
        ("zone-next-day", "2026-09-15T23:12:00+14:00", later(24 * HOUR)),
        ("zone-300", "2026-09-14T11:12:00+02:00", later(300)),
    ):
        held.right(identifier, "Another way to write a moment that differs by at most 300 seconds from the clock.", message(at(stamp, at=clock)), clock=clock, contains=[TEXT])
    for identifier, stamp, clock in (
        ("fraction-late", "2026-09-14T09:11:59.500Z", later(300)),
        ("fraction-ahead", "2026-09-14T09:17:00.001Z", T),
        ("zone-301", "2026-09-14T11:12:00+02:00", later(301)),
        ("zone-ignored", "2026-09-14T09:12:00+02:00", T),
        ("zone-sign", "2026-09-14T11:12:00-02:00", T),
        ("far-past", "0001-01-01T00:00:00Z", T),
        ("far-future", "9999-12-31T23:59:59Z", T),
    ):
        held.wrong(identifier, "However it is written, this moment differs by more than 300 seconds from the clock.", message(at(stamp, "stub")), "req-time-check", clock=clock)


def forms(held):
    for identifier, stamp in (
        ("words", "14 September 2026"),
        ("empty", ""),
        ("date", "2026-09-14"),
        ("no-seconds", "2026-09-14T09:12Z"),
        ("legacy", "20260914T09:12:00"),
        ("space-for-t", "2026-09-14 09:12:00Z"),
        ("small-letters", "2026-09-14t09:12:00z"),
        ("comma", "2026-09-14T09:12:00,5Z"),
        ("point-alone", "2026-09-14T09:12:00.Z"),
        ("zone-without-colon", "2026-09-14T09:12:00+0000"),
        ("zone-hours-alone", "2026-09-14T09:12:00+00"),
        ("minute-60", "2026-09-14T08:72:00Z"),
        ("second-60", "2026-09-14T09:11:60Z"),
        ("second-61", "2026-09-14T09:11:61Z"),
        ("month-13", "2026-13-14T09:12:00Z"),
        ("day-31", "2026-09-31T09:12:00Z"),
        ("day-zero", "2026-09-00T09:12:00Z"),
        ("leap-day", "2026-02-29T09:12:00Z"),
        ("short-year", "26-09-14T09:12:00Z"),
        ("long-year", "12026-09-14T09:12:00Z"),
        ("minus", "-2026-09-14T09:12:00Z"),
        ("behind", "2026-09-14T09:12:00Z!"),
        ("two", "2026-09-14T09:12:00Z 2026-09-14T09:12:00Z"),
        ("unix", "1789377120"),
        ("arabic-digits", "٢٠٢٦-٠٩-١٤T٠٩:١٢:٠٠Z"),
    ):
        held.wrong(f"form-{identifier}", f"The stamp `{stamp}` is no DateTime of XEP-0082, so it agrees with no time.", message(at(stamp, "stub")), "req-time-check")
    held.right("form-no-zone", "The stamp `2026-09-14T09:12:00` has no zone, as in published examples: it is read as UTC.", message(at("2026-09-14T09:12:00", "stub")), author=None)
    held.wrong("form-openpgp", "A stamp that is no DateTime, under a right signature.", message(at("today", "openpgp")), "req-time-check")
    held.wrong("form-omemo", "In OMEMO the time is recommended; one that is there is verified, and this is none.", message(at("today", "omemo")), "req-time-check")


def strangers(held):
    late = {"clock": later(HOUR)}
    for identifier, by in (
        ("tybalt", TYBALT),
        ("sender", ROMEO),
        ("senders-server", "montague.example"),
        ("own-account", JULIET),
        ("own-client", PORCH),
        ("subdomain", "rooms.capulet.example"),
        ("superdomain", "example"),
        ("longer", "capulet.example.org"),
        ("room", BALCONY),
        ("empty", ""),
    ):
        held.wrong(
            f"delay-{identifier}",
            "The delay names as its author neither the own server nor, for a direct message, anybody else who may state one.",
            message(at(T), outside=HINTS + DELAY.format(by, T)),
            "req-time-check",
            **late,
        )
    held.wrong("delay-nobody", "The delay names no author, so it is not used.", message(at(T), outside=HINTS + f"<delay xmlns='urn:xmpp:delay' stamp='{T}'/>"), "req-time-check", **late)
    held.wrong("delay-inside", "The delay stands in the content: it is the author's word and never used.", message(seal("openpgp", body(TEXT) + DELAY.format(OWN, later(HOUR)))), "req-time-check", **late)
    held.wrong(
        "delay-in-another-element",
        "The delay of the own server stands in another element and not in the stanza itself.",
        message(at(T), outside=HINTS + f"<x xmlns='urn:example:x'>{DELAY.format(OWN, T)}</x>"),
        "req-time-check",
        **late,
    )
    held.wrong("delay-older", "The predecessor jabber:x:delay is not used.", message(at(T), outside=HINTS + f"<x xmlns='jabber:x:delay' from='{OWN}' stamp='20260914T09:12:00'/>"), "req-time-check", **late)
    held.wrong("delay-namespace", "A delay in the namespace of the stanza is none.", message(at(T), outside=HINTS + f"<delay from='{OWN}' stamp='{T}'/>"), "req-time-check", **late)
    held.right("delay-capitals", "The own server's name in capitals is the same name, prepared.", message(at(T), outside=HINTS + DELAY.format("Capulet.EXAMPLE", T)), **late)
    held.right(
        "delay-stranger-and-fresh",
        "A stranger's delay would make a fresh message old; it is not used, and by the clock the message is fresh.",
        message(at(T), outside=HINTS + DELAY.format(TYBALT, later(-86400))),
        contains=[TEXT],
    )
    held.right(
        "delay-stays",
        "The author states a delay inside, the own server one outside: both stay (req-policy-delay).",
        message(seal("openpgp", body(TEXT) + DELAY.format(ROMEO, "2026-09-13T01:02:03Z")), outside=HINTS + DELAY.format(OWN, T)),
        contains=["2026-09-13T01:02:03Z", T],
        **late,
    )
    held.wrong(
        "delay-makes-fresh-old",
        "The own server says that it came an hour ago, and the envelope is of this moment: it was sealed after it came.",
        message(at(later(HOUR)), outside=HINTS + DELAY.format(OWN, T)),
        "req-time-check",
        **late,
    )
    held.right("delay-of-presence", "Presence that the own server delivers late.", presence(seal("openpgp", "<status xmlns='jabber:client'>In exile</status>"), outside=DELAY.format(OWN, T)), **late)


def several(held):
    late = {"clock": later(HOUR)}
    one = DELAY.format
    held.right("several-earliest", "The own server states two delays; the earliest is used, and it agrees.", message(at(T), outside=one(OWN, later(1800)) + one(OWN, later(5))), **late)
    held.right("several-order", "The same in the other order.", message(at(T), outside=one(OWN, later(5)) + one(OWN, later(1800))), **late)
    held.wrong("several-latest-agrees", "The later of two stamps of the own server agrees, the earlier one does not: the earliest is used.", message(at(later(1800)), outside=one(OWN, later(1800)) + one(OWN, T)), "req-time-check", **late)
    held.right("several-strangers", "A stranger's earlier stamp beside the own server's: the stranger's is not used.", message(at(T), outside=one(TYBALT, later(-86400)) + one(OWN, later(5))), **late)
    held.wrong("several-stranger-agrees", "A stranger's stamp agrees, the own server's does not.", message(at(T), outside=one(ROMEO, T) + one(OWN, later(HOUR))), "req-time-check", **late)
    held.right("several-senders-server", "The sender's server had it first and says so too; the own server's stamp is used.", message(at(T), outside=one("montague.example", later(-4000)) + one(OWN, later(60))), **late)


def future(held):
    held.right("future-not-used", "The own server's stamp lies 301 seconds ahead of the clock and is not used; by the clock the message is fresh.", message(at(T), outside=DELAY.format(OWN, later(301))), contains=[TEXT])
    held.distant("future-envelope", "Envelope and stamp lie an hour ahead of the clock: the stamp is not used, and the clock does not agree.", message(at(later(HOUR), "omemo"), outside=DELAY.format(OWN, later(HOUR))), "omemo")
    held.right("future-300", "The stamp lies exactly 300 seconds ahead of the clock and is used: the envelope is 300 seconds older than it.", message(at(T), outside=DELAY.format(OWN, later(300))))
    held.wrong("future-300-too-far", "The stamp lies 300 seconds ahead of the clock and is used: the envelope is 301 seconds older than it.", message(at(later(-1)), outside=DELAY.format(OWN, later(300))), "req-time-check")
    held.right("future-of-two", "Of two stamps of the own server one lies in the future and is not used; the other agrees.", message(at(T), outside=DELAY.format(OWN, later(9 * HOUR)) + DELAY.format(OWN, T)), clock=later(HOUR))


def in_rooms(held):
    late = {"clock": later(HOUR)}
    room = lambda delay, stamp=T, kind="groupchat", to=BALCONY: message(at(stamp, to=to), sender=ROOM_ROMEO, kind=kind, outside=HINTS + delay)
    held.right("room-history", "The room hands out its history and says when the message was written.", room(DELAY.format(BALCONY, T)), contains=[TEXT], **late)
    held.right("room-own-server", "The own server delivers a message of the room late.", room(DELAY.format(OWN, T)), **late)
    held.right("room-both", "The room and the own server state a delay each; the earliest is the room's, and it agrees.", room(DELAY.format(OWN, later(1800)) + DELAY.format(BALCONY, T)), **late)
    held.right("room-private", "A private message through the room, delivered late by the room.", room(DELAY.format(BALCONY, T), kind="chat", to=JULIET), **late)
    held.wrong("room-history-301", "The room says that it is 301 seconds younger than its envelope.", room(DELAY.format(BALCONY, later(301))), "req-time-check", **late)
    for identifier, by in (("author", ROMEO), ("other-room", GARDEN), ("service", "rooms.capulet.example"), ("tybalt", TYBALT)):
        held.wrong(f"room-delay-{identifier}", "For a message of a room the room itself or the own server may state a delay, and this is neither.", room(DELAY.format(by, T)), "req-time-check", rooms=(BALCONY, GARDEN), **late)
    held.wrong("room-for-direct", "A room that was joined states a delay for a message that came from no room.", message(at(T), outside=DELAY.format(BALCONY, T)), "req-time-check", **late)


def in_copies(held):
    late = {"clock": later(HOUR)}
    copy = lambda delay: carbon("received", message(at(T), to=CHAMBER, namespace="jabber:client", outside=HINTS + delay))
    held.right("copy-own-server", "A copy of a message that the own server had delivered late to the other client, and said so in it.", copy(DELAY.format(OWN, T)), contains=[TEXT], **late)
    held.wrong("copy-late", "A copy that comes an hour late, and nobody says why.", copy(""), "req-time-check", **late)
    held.wrong("copy-stranger", "The forwarded message holds a delay by Tybalt.", copy(DELAY.format(TYBALT, T)), "req-time-check", **late)
    held.wrong(
        "copy-delay-beside",
        "A delay stands beside the forwarded message in a copy: only the one in an archive's wrapper counts there.",
        carbon("received", message(at(T), to=CHAMBER, namespace="jabber:client"), beside=f"<delay xmlns='urn:xmpp:delay' stamp='{T}'/>"),
        "req-time-check",
        **late,
    )
