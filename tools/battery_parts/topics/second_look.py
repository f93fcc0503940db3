"""What a second adversary found, with the right neighbours of each: names that only look alike, presence, whose stamp counts, the affix of IQs."""

from ..stanzas import *

SERVERS = "jabber:server"
STAMP_NAMES = "urn:xmpp:sce:stanza:0"
GET = "<data xmlns='urn:xmpp:bob' cid='sha1+2010281d5053cc58bfd1e227e18c25a20f335f33@bob.xmpp.org'/>"
SET = "<jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'/>"
GONE = "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
DAYS = 4 * 86400


def topic():
    held = Topic("second-look", "Elements of servers' streams, presence from rooms, whose stamp counts, errors beside what is none, white space, the affix of IQs.")
    for profile in ("openpgp", "omemo"):
        look_alikes(held, profile)
        marks(held, profile)
    messages(held)
    presences(held)
    stamps(held)
    forms(held)
    return held


def look_alikes(held, profile):
    other = f"<priority xmlns='{SERVERS}'>127</priority>"
    held.right(
        f"{profile}-server-priority",
        "An element of servers' streams is another one than that of clients' streams: it stays what it is.",
        presence(seal(profile, other), outside="<priority>1</priority>"),
        contains=[f"<priority xmlns='{SERVERS}'>127</priority>", "<priority>1</priority>"],
    )
    held.right(
        f"{profile}-server-body",
        "A body of servers' streams beside one of clients' streams are two elements, not two bodies (req-content-once).",
        message(seal(profile, body("a") + f"<body xmlns='{SERVERS}'>b</body>")),
        contains=["<body>a</body>", f"<body xmlns='{SERVERS}'>b</body>"],
    )
    quoted = f"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='{SERVERS}' from='a@b.example'><body>q</body></message></forwarded>"
    held.right(f"{profile}-server-forwarded", "What the author has quoted is restored as it was written.", message(seal(profile, quoted)), contains=[f"<message xmlns='{SERVERS}'"])


def marks(held, profile):
    """The affix that repeats type and identifier."""
    mark = lambda kind, identifier="q7", to=PORCH, sender=ORCHARD: f"<stanza xmlns='{STAMP_NAMES}' type='{kind}' id='{identifier}' to='{to}' from='{sender}'/>"
    sent = lambda kind, identifier, content, more: (
        f"<iq from='{ORCHARD}' to='{PORCH}' type='{kind}' id='{identifier}'>{seal(profile, content, more=more)}</iq>"
    )
    right = lambda name, about, *parts, **more: held.right(f"{profile}-mark-{name}", about, sent(*parts), **more)
    wrong = lambda name, about, requirement, *parts: held.wrong(f"{profile}-mark-{name}", about, sent(*parts), requirement)
    right("get", "The envelope repeats type and identifier.", "get", "q7", GET, mark("get"), contains=["2010281d"])
    right("set", "The same of a set.", "set", "q7", SET, mark("set"), contains=["session-terminate"])
    right("absent", "A sender that writes no such affix is heard.", "get", "q7", GET, "", contains=["2010281d"])
    wrong("made-set", "A server made a set of a get.", "req-stanza-check", "set", "q7", GET, mark("get"))
    wrong("made-get", "A server made a get of a set.", "req-stanza-check", "get", "q7", SET, mark("set"))
    wrong("other-id", "A server gave it the identifier of another request.", "req-stanza-check", "result", "q8", GET, mark("result"))
    wrong("case", "Identifiers are compared character by character.", "req-stanza-check", "get", "Q7", GET, mark("get"))
    wrong("twice", "Two of them, of which one agrees.", "req-receive-affixes", "get", "q7", GET, mark("set") + mark("get"))
    wrong("no-id", "One without the identifier says less than it has to.", "req-stanza-check", "get", "q7", GET, mark("get").replace(" id='q7'", ""))
    wrong("other-device", "A server delivered it to another device of the account.", "req-stanza-check", "get", "q7", GET, mark("get", to=CHAMBER))
    wrong("from-other-device", "A server says that another device of the sender asks.", "req-stanza-check", "get", "q7", GET, mark("get", sender=ROMEO + "/phone"))
    wrong("surplus", "An attribute that is not defined.", "req-receive-schema", "get", "q7", GET, mark("get").replace("/>", " resource='x'/>"))
    right("other-namespace", "An affix of that name in a namespace that nobody knows is ignored.", "get", "q7", GET, mark("set").replace("stanza:0", "stanza:9"), contains=["2010281d"])


def messages(held):
    mark = f"<stanza xmlns='{STAMP_NAMES}' type='chat' id='q7' to='{PORCH}' from='{ORCHARD}'/>"
    held.wrong("mark-message", "The affix of IQs in the envelope of a message.", message(seal("openpgp", body("Hi"), more=mark)), "req-receive-affixes")
    held.wrong("crypt-iq", "An IQ of which nobody says who wrote it.", iq(protect("ox", ox_element(GET, name="crypt"))), "req-receive-open")


def presences(held):
    status = "<status xmlns='jabber:client'>In exile</status>"
    held.wrong(
        "presence-as-occupant",
        "A server attributes Romeo's presence to an occupant of the room: the row for private messages through rooms is about messages.",
        presence(seal("openpgp", status), sender=BALCONY + "/Nurse"),
        "req-from-check",
    )


def stamps(held):
    old = {"clock": later(DAYS)}
    room = DELAY.format(BALCONY, T)
    private = message(seal("openpgp", body("psst"), by="juliet", to=NURSE), sender=CHAMBER, to=BALCONY + "/Nurse", outside=HINTS + room, namespace="jabber:client")
    held.wrong(
        "copy-room-stamp",
        "A copy of what another own client sent to the room: the room has no stamp on what goes to it.",
        carbon("sent", private),
        "req-time-check",
        **old,
    )
    stamped = lambda stamp, by="capulet.example": message(seal("openpgp", body("late")), outside=HINTS + f"<delay xmlns='urn:xmpp:delay' from='{by}' stamp='{stamp}'/>")
    held.right("stamp-no-zone", "A stamp of the own server without a zone is one in UTC (req-time-zone).", stamped(T[:-1]), contains=["late"], **old)
    held.wrong("stamp-own-client", "A stamp in the name of an own client is not the account's.", stamped(T, PORCH), "req-time-check", **old)


def forms(held):
    held.right("error-beside", "An error beside a message that is none: the element is the server's word, and no stanza of type error was returned.", message(seal("openpgp", body("still here")), outside=HINTS + GONE), contains=["still here"])
    spaced = f" {T} "
    held.right("stamp-spaces", "White space around a stamp does not count: its type in the schema collapses it.", message(protect("openpgp", envelope(body("when"), time=spaced), at=T)), contains=["when"])
    held.wrong("bodies-language-spaces", "Two bodies of one language, of which one has spaces around its tag.", message(seal("openpgp", body("a", " xml:lang='en'") + body("b", " xml:lang=' en '"))), "req-content-once")
    held.right("ox-to-one-bad", "One of several recipients is no address, and another one agrees with everything (req-ox-several-to).", message(seal("ox", body("both"), to=(JULIET, "@@"))), contains=["both"])
    held.wrong("ox-to-all-bad", "The only recipient is no address.", message(seal("ox", body("nobody"), to=("@@",))), "req-to-check")
