"""IQs of all four types."""

from ..stanzas import *

GET = "<data xmlns='urn:xmpp:bob' cid='sha1+2010281d5053cc58bfd1e227e18c25a20f335f33@bob.xmpp.org'/>"
RESULT = GET.replace("/>", " type='text/plain'>Um9zZQ==</data>")
SET = "<jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'/>"
NAMES = "urn:ietf:params:xml:ns:xmpp-stanzas"
STAND_IN = f"<error type='cancel'><undefined-condition xmlns='{NAMES}'/></error>"
TRUE = f"<error xmlns='jabber:client' type='cancel'><item-not-found xmlns='{NAMES}'/><text xmlns='{NAMES}'>burnt it</text></error>"
KINDS = (("get", GET, "2010281d"), ("set", SET, "session-terminate"), ("result", RESULT, "Um9zZQ"), ("error", TRUE, "burnt it"))


def topic():
    held = Topic("iqs", "IQs of all four types: addresses, the clock alone as the time, children.")
    for profile in PROFILES:
        for kind, content, token in KINDS:
            both(held, profile, kind, content, token)
    for profile in ("openpgp", "ox", "omemo"):
        wrongs(held, profile)
    children(held)
    errors(held)
    of_own_sender(held)
    return held


def both(held, profile, kind, content, token):
    outside = STAND_IN if kind == "error" else ""
    held.right(
        f"{profile}-{kind}",
        f"An IQ of the type {kind} between two clients in {profile}.",
        iq(seal(profile, content), kind, outside=outside),
        vouched(profile),
        contains=[token],
        lacks=["undefined-condition"] if kind == "error" else [],
    )
    held.wrong(
        f"{profile}-{kind}-late",
        "It is 301 seconds old by the clock, and nothing delays an IQ.",
        iq(seal(profile, content), kind, outside=outside),
        "req-time-check",
        clock=later(301),
    )


def wrongs(held, profile):
    named = "req-from-identity" if profile == "ox" else "req-from-check"
    held.wrong(f"{profile}-to", "The envelope was written to the Nurse.", iq(seal(profile, GET, to=NURSE)), "req-to-check")
    held.wrong(f"{profile}-stanza-to", "The IQ is addressed to the Nurse's client.", iq(seal(profile, GET), to=NURSE + "/kitchen"), "req-to-check")
    held.wrong(f"{profile}-account", "Envelope and IQ agree on the Nurse, and Juliet got it.", iq(seal(profile, GET, to=NURSE), to=NURSE), "req-to-check")
    held.wrong(f"{profile}-from", "The IQ comes from Tybalt.", iq(seal(profile, GET), sender=TYBALT + "/square"), named)
    held.wrong(f"{profile}-result-from", "The answer comes from Tybalt's client.", iq(seal(profile, RESULT), "result", sender=TYBALT + "/square"), named)
    held.wrong(f"{profile}-no-from", "The IQ has no `from`: it is the own account's, and Romeo signed.", iq(seal(profile, GET), sender=None), named)
    held.wrong(f"{profile}-signer", "Tybalt signs a request that comes from Romeo.", iq(seal(profile, SET, by="tybalt", sender=ROMEO), "set"), "req-from-identity")
    held.wrong(
        f"{profile}-occupant",
        "The IQ comes through a room that was joined: an IQ is compared with the address from which it comes, which is the room's.",
        iq(seal(profile, GET), sender=BALCONY + "/Romeo"),
        named,
    )


def children(held):
    for identifier, kind, content, about in (
        ("get-empty", "get", "", "A request that asks for nothing"),
        ("set-empty", "set", "", "A set that sets nothing"),
        ("get-two", "get", GET + SET, "A request with two children"),
        ("set-two", "set", SET + GET, "A set with two children"),
        ("result-two", "result", RESULT + GET, "A result with two children"),
    ):
        held.wrong(identifier, f"{about}: RFC 6120 demands another number of a restored IQ of this type.", iq(seal("openpgp", content), kind), "req-iq-children")
    held.right("result-empty", "A result that merely says that it was carried out: an empty content.", iq(seal("openpgp", ""), "result"))
    held.wrong(
        "get-discarded",
        "The one child of the content belongs outside and is discarded, so the request asks for nothing.",
        iq(seal("openpgp", "<store xmlns='urn:xmpp:hints'/>"), "get"),
        "req-iq-children",
    )
    held.right(
        "outside-ignored",
        "Beside the carrier stands a request in the open, which is ignored: the sealed one remains alone.",
        iq(seal("openpgp", GET), outside="<query xmlns='jabber:iq:roster'/>"),
        contains=["2010281d"],
        lacks=["jabber:iq:roster"],
    )
    for identifier, stamp, by in (("own-server", T, "capulet.example"), ("sender", T, ROMEO)):
        held.wrong(
            f"delay-{identifier}",
            "A delay would explain that the IQ is an hour late; an IQ is compared with the clock alone.",
            iq(seal("openpgp", SET), "set", outside=DELAY.format(by, stamp)),
            "req-time-check",
            clock=later(3600),
        )
    for identifier, seconds in (("300-later", 300), ("300-earlier", -300)):
        held.right(f"clock-{identifier}", "The clock differs by exactly 300 seconds.", iq(seal("openpgp", GET)), clock=later(seconds))
    held.wrong("clock-301-earlier", "The envelope is 301 seconds ahead of the clock.", iq(seal("openpgp", GET)), "req-time-check", clock=later(-301))
    held.right("capitals", "Capitals in the addresses of the IQ change nothing.", iq(seal("openpgp", GET), sender="ROMEO@montague.example/orchard", to="juliet@Capulet.Example/balcony"))
    held.right("no-to", "The IQ has no `to`: it is for the own account.", iq(seal("openpgp", GET), to=None))
    held.right(
        "own-account",
        "One of Juliet's clients asks the other.",
        iq(seal("openpgp", GET, by="juliet", to=JULIET), sender=CHAMBER),
        JULIET,
    )


def errors(held):
    note("Python")
    held.open(
        "error-plain",
        "An error without a carrier: the word of an unknown server on the way, never verified.",
        iq("", "error", outside=f"<error type='cancel'><service-unavailable xmlns='{NAMES}'/></error>"),
        contains=["service-unavailable"],
    )
    held.wrong(
        "error-returned",
        "A server returns Juliet's own request as an error, carrier included: what it holds was written to Romeo.",
        iq(seal("openpgp", GET, by="juliet", to=ROMEO), "error", outside=f"<error type='cancel'><service-unavailable xmlns='{NAMES}'/></error>"),
        "req-to-check",
    )
    held.right(
        "error-inside-wins",
        "A server writes another error outside; the one inside takes its place.",
        iq(seal("openpgp", TRUE), "error", outside=f"<error type='auth'><forbidden xmlns='{NAMES}'/></error>"),
        contains=["burnt it", "item-not-found"],
        lacks=["forbidden"],
    )
    held.right(
        "error-with-request",
        "An error may return the request beside it (RFC 6120, section 8.3.1), here inside.",
        iq(seal("openpgp", GET + TRUE), "error", outside=STAND_IN),
        contains=["burnt it", "2010281d"],
    )


def of_own_sender(held):
    plain = f"<iq from='{ORCHARD}' to='{PORCH}' id='x1' type='{{}}'>{{}}</iq>"
    for profile in PROFILES:
        for kind, content, token in KINDS:
            if kind == "set":
                continue
            sealed = own_sender(plain.format(kind, content.replace(" xmlns='jabber:client'", "")), profile)
            held.right(f"xep-{profile}-{kind}", f"The project's own sender seals an IQ of the type {kind} in {profile}.", sealed, vouched(profile), contains=[token])
