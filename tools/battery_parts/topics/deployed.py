"""Stanzas in the form in which a deployed client with envelopes writes them and servers deliver them."""

from ..stanzas import *

TEXT = "Written as deployed clients do"
STAND_IN = "This message is encrypted and could not be decrypted"
NAMES = "xmlns:ns0='jabber:client' xmlns:ns1='urn:xmpp:eme:0' xmlns:ns3='urn:xmpp:fallback:0' xmlns:ns4='urn:xmpp:sid:0'"


def delivered(carrier_, namespace, sender=ORCHARD, to=JULIET, kind="chat", more=""):
    """A prefix for each namespace, a text for other clients with its fallback, the identifier of the own archive."""
    return (
        f"<ns0:message {NAMES} id='001d6ada' from='{sender}' type='{kind}' xml:lang='en' to='{to}'><ns0:body>{STAND_IN}</ns0:body>"
        f"<ns1:encryption namespace='{namespace}' name='Some'/>{carrier_}<ns3:fallback for='{namespace}'><ns3:body start='4711'/></ns3:fallback>"
        f"<ns4:stanza-id by='{JULIET}' id='RyXzZ-7NXEqJzpmX'/>{more}</ns0:message>"
    )


def envelope_of_client(to=JULIET, sender=ROMEO):
    """The content first, times with milliseconds."""
    return f'<envelope xmlns="{ENVELOPE}"><content>{body(TEXT)}<active xmlns="http://jabber.org/protocol/chatstates"/></content><time stamp="2026-09-14T09:12:00.449Z"/><to jid="{to}"/><from jid="{sender}"/><rpad>{padding()}</rpad></envelope>'


def topic():
    held = Topic("deployed", "Stanzas in the form in which a deployed client with envelopes writes them and servers deliver them.")
    known = {"contains": [TEXT, "RyXzZ-7NXEqJzpmX"], "lacks": [STAND_IN, "4711"]}
    for profile in ("openpgp", "omemo", "stub"):
        sealed = lambda to=JULIET: protect(profile, envelope_of_client(to))
        held.right(f"{profile}", "The text for other clients and its fallback outside are not restored, what the own server wrote stays.", delivered(sealed(), NAMESPACE[profile]), vouched(profile), **known)
        held.right(f"{profile}-room", "The same, from a room.", delivered(sealed(BALCONY), NAMESPACE[profile], BALCONY + "/Romeo", PORCH, "groupchat"), vouched(profile), **known)
        held.right(
            f"{profile}-copy",
            "The same, as a copy.",
            carbon("received", delivered(sealed(), NAMESPACE[profile], to=CHAMBER)),
            vouched(profile),
            **known,
        )
        held.right(
            f"{profile}-offline",
            "The same, delivered an hour late by the own server.",
            delivered(sealed(), NAMESPACE[profile], more=DELAY.format("capulet.example", later(1))),
            vouched(profile),
            clock=later(3600),
            **known,
        )
    error = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    held.wrong(
        "error-unqualified",
        "The error of an IQ inherits the envelope's namespace, as one client writes it: it has to be declared.",
        iq(ratchet(envelope(error)), "error", outside="<error type='cancel'><undefined-condition xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"),
        "req-qualified",
    )
    held.right(
        "geoloc-outside",
        "A client leaves the place where somebody is outside, because it does not know the element: it is ignored.",
        delivered(ratchet(envelope_of_client()), OMEMO, more="<geoloc xmlns='http://jabber.org/protocol/geoloc'><lat>45.44</lat></geoloc>"),
        contains=[TEXT],
        lacks=["45.44"],
    )
    return held
