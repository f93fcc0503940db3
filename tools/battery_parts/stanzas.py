"""Envelopes, carriers, stanzas and cases, and who knows whom in the battery."""

import base64
import random
import string
import subprocess

from . import omemo, openpgp

ROMEO, JULIET = "romeo@montague.example", "juliet@capulet.example"
NURSE, TYBALT = "nurse@capulet.example", "tybalt@capulet.example"
ADDRESS = {"romeo": ROMEO, "juliet": JULIET, "nurse": NURSE, "tybalt": TYBALT}
NAME = {address: name for name, address in ADDRESS.items()}
DEVICES = {ROMEO: (1001, 1002), JULIET: (2001, 2002), NURSE: (3001,), TYBALT: (4001,)}
ORCHARD, PHONE = ROMEO + "/orchard", ROMEO + "/phone"
PORCH, CHAMBER = JULIET + "/balcony", JULIET + "/chamber"
BALCONY, GARDEN = "balcony@rooms.capulet.example", "garden@rooms.capulet.example"
CHANNEL = "feast@mix.capulet.example"
T = "2026-09-14T09:12:00Z"

SCE, OX = "urn:xmpp:openpgp:sce:0", "urn:xmpp:openpgp:0"
OMEMO, STUB = "urn:xmpp:omemo:2", "urn:xmpp:encryption:stub:sce:1"
ENVELOPE = "urn:xmpp:sce:1"
NAMESPACE = {"openpgp": SCE, "ox": OX, "omemo": OMEMO, "stub": STUB}
PROFILES = ("openpgp", "ox", "omemo", "stub")
HINTS = "<store xmlns='urn:xmpp:hints'/>"
DELAY = "<delay xmlns='urn:xmpp:delay' from='{}' stamp='{}'/>"

MADE_WITH = {"openpgp": "gpg", "ox": "gpg", "omemo": "cryptography", "stub": "Python"}
_devices = {}
_makers = []


def devices():
    if not _devices:
        _devices.update(omemo.cast())
    return _devices


def note(maker):
    """Remembers with what the carriers of the next case were made."""
    if maker not in _makers:
        _makers.append(maker)


def makers():
    made = ", ".join(_makers) or "Python"
    _makers.clear()
    return made


# ---- times -----------------------------------------------------------------------------------------------------------


def later(seconds, stamp=T):
    """A stamp so many seconds after another one."""
    import datetime

    when = datetime.datetime.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S") + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- envelopes -------------------------------------------------------------------------------------------------------


def padding():
    return "".join(random.SystemRandom().choice(string.ascii_letters + string.digits) for _ in range(24))


def body(text, attributes=""):
    return f"<body xmlns='jabber:client'{attributes}>{text}</body>"


def affix(name, attribute, value):
    return "" if value is None else f"<{name} {attribute}='{value}'/>"


def envelope(content, time=T, to=JULIET, sender=ROMEO, rpad=True, more="", attributes="", within=""):
    """An envelope; an affix that is None is left out. `more` stands behind the affixes."""
    return (
        f"<envelope xmlns='{ENVELOPE}'{attributes}><content{within}>{content}</content>"
        + affix("time", "stamp", time)
        + affix("to", "jid", to)
        + affix("from", "jid", sender)
        + (f"<rpad>{padding()}</rpad>" if rpad else "")
        + more
        + "</envelope>"
    )


def ox_element(content, time=T, to=JULIET, name="signcrypt", rpad=True, more="", attributes="", within=""):
    """A content element of XEP-0373; `to` may be several."""
    several = [to] if isinstance(to, str) else list(to or [])
    return (
        f"<{name} xmlns='{OX}'{attributes}>"
        + "".join(affix("to", "jid", one) for one in several)
        + affix("time", "stamp", time)
        + (f"<rpad>{padding()}</rpad>" if rpad else "")
        + more
        + f"<payload{within}>{content}</payload></{name}>"
    )


# ---- carriers --------------------------------------------------------------------------------------------------------


def carrier(namespace, data):
    return f"<openpgp xmlns='{namespace}'>{openpgp.text64(data)}</openpgp>"


def pgp(text, by="romeo", to=("juliet",), at=T, namespace=SCE, tool="gpg"):
    """Signed and encrypted by OpenPGP."""
    data = text if isinstance(text, bytes) else text.encode()
    note(tool)
    if tool == "PGPy":
        return carrier(namespace, openpgp.with_pgpy(data, by, to, at))
    if tool == "pysequoia":
        return carrier(namespace, openpgp.with_sequoia(data, by, to))
    return carrier(namespace, openpgp.sealed(data, by, to, at))


def ratchet(text, by=1001, to=JULIET, **more):
    """Encrypted by OMEMO to all devices of an account."""
    data = text if isinstance(text, bytes) else text.encode()
    note("cryptography")
    receivers = [devices()[number] for number in DEVICES[to]]
    return omemo.encrypted(data, devices()[by], receivers, **more)


def stub(text):
    data = text if isinstance(text, bytes) else text.encode()
    note("Python")
    return f"<encrypted xmlns='{STUB}'><payload>{base64.b64encode(data).decode()}</payload></encrypted>"


def protect(profile, text, by="romeo", reader="juliet", at=T):
    """A text in the carrier of a profile, as it is."""
    if profile in ("openpgp", "ox"):
        return pgp(text, by, (reader,), at, NAMESPACE[profile])
    if profile == "omemo":
        return ratchet(text, DEVICES[ADDRESS[by]][0], ADDRESS[reader])
    return stub(text)


def seal(profile, content, by="romeo", reader="juliet", at=T, **parts):
    """An envelope of the profile in its carrier. The signature is as old as the envelope."""
    time = parts.get("time", at)
    signed = time if isinstance(time, str) and time.endswith("Z") and len(time) == 20 else at
    if profile == "ox":
        parts.pop("sender", None)
        text = ox_element(content, **{"time": at, **parts})
    else:
        text = envelope(content, **{"time": at, "sender": ADDRESS.get(by), **parts})
    return protect(profile, text, by, reader, signed)


# ---- stanzas ---------------------------------------------------------------------------------------------------------


def attribute(name, value):
    return "" if value is None else f" {name}='{value}'"


def message(inner, sender=ORCHARD, to=PORCH, kind="chat", outside=HINTS, more="", namespace=None):
    opening = attribute("xmlns", namespace) + attribute("from", sender) + attribute("to", to) + attribute("type", kind) + more
    return f"<message{opening} id='m{random.randrange(10**6)}'>{inner}{outside}</message>"


def inner(carrier_, **parts):
    """A message as it stands in a wrapper."""
    return message(carrier_, namespace="jabber:client", **parts)


def iq(inner_, kind="get", sender=ORCHARD, to=PORCH, outside=""):
    opening = attribute("from", sender) + attribute("to", to) + attribute("type", kind)
    return f"<iq{opening} id='q{random.randrange(10**6)}'>{inner_}{outside}</iq>"


def presence(inner_, sender=ORCHARD, to=JULIET, kind=None, outside=""):
    opening = attribute("from", sender) + attribute("to", to) + attribute("type", kind)
    return f"<presence{opening}>{inner_}{outside}</presence>"


def carbon(direction, held, outer=JULIET, to=PORCH, beside=""):
    """A carbon copy: `held` is what stands in the forwarded element."""
    opening = attribute("from", outer) + attribute("to", to)
    return (
        f"<message{opening} type='chat'><{direction} xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"
        f"{beside}{held}</forwarded></{direction}></message>"
    )


def archived(held, outer=JULIET, to=PORCH, stamp=T, query="f27", beside=""):
    """A result of an archive."""
    opening = attribute("from", outer) + attribute("to", to)
    delay = "" if stamp is None else f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>"
    return (
        f"<message{opening}><result xmlns='urn:xmpp:mam:2'{attribute('queryid', query)} id='28482-98726'>"
        f"<forwarded xmlns='urn:xmpp:forward:0'>{delay}{beside}{held}</forwarded></result></message>"
    )


def own_sender(stanza, profile, at=T, more=()):
    """What the project's own sender makes of a stanza."""
    note("xep")
    command = [str(openpgp.ROOT / "target/release/xep"), "seal", "--quiet", "--profile", profile, "--at", at, *more]
    done = subprocess.run(command, input=stanza.encode(), capture_output=True, check=False, cwd=openpgp.ROOT)
    if done.returncode != 0:
        raise RuntimeError(f"xep seal: {done.stderr.decode()}")
    return done.stdout.decode().strip()


# ---- cases -----------------------------------------------------------------------------------------------------------


class Topic:
    """The cases of one file."""

    def __init__(self, name, about, people=None):
        self.name, self.about, self.cases = name, about, []
        self.people = [] if people is None else people

    def add(self, identifier, about, stanza, verdict, requirement=None, **known):
        self.cases.append(
            {
                "id": f"{self.name}-{identifier}",
                "about": about,
                "made_with": makers(),
                "receiver": known.get("receiver", JULIET),
                "clock": known.get("clock", T),
                "rooms": list(known.get("rooms", (BALCONY,))),
                "occupant": known.get("occupant"),
                "queries": known.get("queries"),
                "stanza": stanza,
                "verdict": verdict,
                "requirement": requirement,
                "author": known.get("author"),
                "contains": list(known.get("contains", ())),
                "lacks": list(known.get("lacks", ())),
            }
        )

    def right(self, identifier, about, stanza, author=ROMEO, **known):
        self.add(identifier, about, stanza, "accepted", None, author=author, **known)

    def wrong(self, identifier, about, stanza, requirement, **known):
        self.add(identifier, about, stanza, "refused", requirement, **known)

    def distant(self, identifier, about, stanza, profile, **known):
        """Its time is too far away: marked in a protocol that opens nothing twice, else refused."""
        if profile == "omemo":
            self.add(identifier, about, stanza, "late", "req-time-late", author=known.pop("author", ROMEO), **known)
        else:
            self.wrong(identifier, about, stanza, "req-time-check", **known)

    def malformed(self, identifier, about, stanza, **known):
        self.add(identifier, about, stanza, "malformed", "req-receive-strict", **known)

    def open(self, identifier, about, stanza, **known):
        """Nothing is restored from what was not sealed, so nothing is looked for in it."""
        known.pop("contains", None)
        self.add(identifier, about, stanza, "not-sealed", None, **known)


def vouched(profile, author=ROMEO):
    """The author in a profile: nobody vouches for one in Base64."""
    return None if profile == "stub" else author
