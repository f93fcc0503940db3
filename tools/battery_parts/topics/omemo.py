"""OMEMO 2: what each device gets, who began a session, and trust messages."""

import json
import subprocess
import sys

from .. import omemo
from ..stanzas import *

TEXT = "None shall know but you"
KEY = "YjVI04NcbTPvXLaA95RO84HPcSvyOgEZ2r5cTyUs0C8="
LATE = "2026-12-14T09:12:00Z"


def topic():
    held = Topic("omemo", "OMEMO 2: sessions and devices, affixes, and trust messages under every profile.")
    rights(held)
    broken(held)
    accounts(held)
    trust(held)
    return held


def text(**parts):
    return envelope(body(TEXT), **parts)


def rights(held):
    for prekey in (1, 50, 100):
        held.right(f"prekey-{prekey}", f"The session begins with the prekey {prekey}.", message(ratchet(text(), prekey=prekey)), contains=[TEXT])
    for position in (1, 3, 20):
        held.right(f"position-{position}", f"{position} earlier messages of the chain were lost: the ratchet skips them.", message(ratchet(text(), position=position)), contains=[TEXT])
    held.right("phone", "Romeo writes from his other device.", message(ratchet(text(), by=1002), sender=PHONE), contains=[TEXT])
    for identifier, parts in (("no-to", {"to": None}), ("no-time", {"time": None}), ("no-from", {"sender": None}), ("padding-alone", {"to": None, "time": None, "sender": None})):
        held.right(identifier, "Between two accounts OMEMO requires the padding alone; what is absent is not verified.", message(ratchet(text(**parts))), contains=[TEXT])
    note("twomemo")
    for number, sealed in enumerate(by_twomemo([text() for _ in range(4)])):
        note("twomemo")
        held.right(f"twomemo-{number + 1}", "Encrypted by twomemo, which has the secrets of Romeo's device.", message(sealed), contains=[TEXT])
    held.right("kex-as-number", "`kex` is a boolean of XML Schema, which may be written `1`.", message(ratchet(text()).replace("kex='true'", "kex='1'")), contains=[TEXT])
    held.right("body-and-hint", "A body and the hint of XEP-0380 outside: the body is ignored.", message(ratchet(text()), outside="<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2' name='OMEMO'/><body>Outer</body>" + HINTS), contains=[TEXT], lacks=["Outer"])
    held.right("own-account-elsewhere", "The keys of Romeo's own devices stand in the header as well.", message(both_accounts()), contains=[TEXT])
    held.right("note-to-self", "Juliet's tablet writes to her own account.", message(ratchet(text(to=JULIET, sender=JULIET), by=2002), sender=CHAMBER), JULIET, contains=[TEXT])


def both_accounts():
    note("cryptography")
    return omemo.encrypted(text().encode(), devices()[1001], [devices()[number] for number in (1002, 2001, 2002)])


def by_twomemo(texts):
    """The same by the library, in a process of its own: a new session for each text."""
    done = subprocess.run(
        [sys.executable, "-m", "battery_parts.twomemo_sender"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        cwd=omemo.VECTORS.parents[3] / "tools",
    )
    return json.loads(done.stdout)


def flip(place):
    def change(data):
        changed = bytearray(data)
        changed[place] ^= 1
        return bytes(changed)

    return change


def broken(held):
    for identifier, tamper in (("payload", {"payload": flip(5)}), ("payload-end", {"payload": flip(-1)}), ("key", {"key": flip(-1)}), ("mac", {"key": flip(80)}), ("payload-cut", {"payload": lambda data: data[:-16]}), ("payload-nothing", {"payload": lambda data: b""})):
        held.wrong(f"changed-{identifier}", "It was changed on the way.", message(ratchet(text(), tamper=tamper)), "req-receive-open")
    for identifier, sid in (("tybalt", 4001), ("other-own", 1002), ("unknown", 77), ("zero", 0)):
        held.wrong(f"sid-{identifier}", "The header names another device as the sender than the one that began the session.", message(ratchet(text(), sid=sid)), "req-receive-open")
    right = ratchet(text())
    for identifier, old, new in (
        ("no-sid", " sid='1001'", ""),
        ("sid-words", " sid='1001'", " sid='Romeo'"),
        ("not-base64", "<payload>", "<payload>!"),
        ("no-header", "<header", "<footer"),
        ("other-devices", "rid='200", "rid='900"),
        ("no-keys", "<key rid", "<no rid"),
    ):
        note("cryptography")
        changed = right.replace(old, new).replace("</header", "</footer") if identifier == "no-header" else right.replace(old, new)
        changed = changed.replace("</key>", "</no>") if identifier == "no-keys" else changed
        held.wrong(f"header-{identifier}", "The header does not say what a device needs to open it.", message(changed), "req-receive-open")
    note("cryptography")
    held.right("header-not-begun", "The header does not say that the message begins a session, as a deployed client leaves it out; the bytes say so.", message(right.replace(" kex='true'", "")))
    for identifier, point in (("zero", bytes(32)), ("one", b"\x01" + bytes(31)), ("order-8", bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")), ("minus-one", bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"))):
        held.wrong(f"weak-{identifier}", "The ephemeral key is a point of small order: what is agreed on with it is known to everybody.", message(ratchet(text(), weak=point)), "req-receive-open")
    unknown = stranger()
    note("cryptography")
    held.wrong("unknown-device", "A device that is not on Romeo's list began the session.", message(omemo.encrypted(text().encode(), unknown, [devices()[2001], devices()[2002]])), "req-receive-open")
    note("cryptography")
    held.wrong("unknown-device-known-number", "The same, and it calls itself by the number of Romeo's device.", message(omemo.encrypted(text().encode(), unknown, [devices()[2001], devices()[2002]], sid=1001)), "req-receive-open")
    note("cryptography")
    held.wrong("other-reader", "Encrypted to the Nurse's device alone, and Juliet got it.", message(omemo.encrypted(text().encode(), devices()[1001], [devices()[3001]])), "req-receive-open")
    held.wrong("signer", "Tybalt's device seals what names Romeo, in a stanza from Romeo.", message(ratchet(text(), by=4001)), "req-from-identity")
    held.wrong("signer-without-from", "The same without `from`: the account of the device takes its place.", message(ratchet(text(sender=None), by=4001)), "req-from-identity")


def stranger():
    """A device with a number of Romeo's account that nobody published."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = Ed25519PrivateKey.generate()
    made = omemo.Device(ROMEO, {"device_id": 1003, "spk_id": 1, "identity_pub_ed25519": "00", "identity_seed_ed25519": secret.private_bytes_raw().hex(), "spk_priv": "01" * 32, "prekeys": {}})
    made.identity = secret.public_key().public_bytes_raw()
    return made


def accounts(held):
    """The ratchet knows keys and not accounts: Tybalt publishes Juliet's keys as his own."""
    for profile_text, identifier in ((text(to=TYBALT), ""), (text(to=TYBALT, time=None), "-without-time")):
        held.wrong(
            f"keys-under-another-name{identifier}",
            "Tybalt published Juliet's keys as his, Romeo wrote to him, a server renamed the addressee: Juliet's device opens it, and `to` names Tybalt.",
            message(ratchet(profile_text)),
            "req-to-check",
        )
    held.wrong("keys-under-another-name-kept", "The same, and the stanza still names Tybalt as the addressee.", message(ratchet(text(to=TYBALT)), to=TYBALT + "/square"), "req-to-check")
    held.wrong("keys-of-another-account", "The keys for Juliet's devices stand under Tybalt's name: none is for her account.", message(ratchet(text(to=TYBALT), names={JULIET: TYBALT}), to=TYBALT), "req-receive-open")
    held.wrong("passed-through-room", "What was written to Juliet alone comes as group chat of a room that she has joined.", message(ratchet(text()), sender=BALCONY + "/Romeo", kind="groupchat"), "req-to-check")


def decision(owner, kind="trust"):
    return f"<key-owner jid='{owner}'><{kind}>{KEY}</{kind}></key-owner>"


def trust_message(*owners):
    return f"<trust-message xmlns='urn:xmpp:tm:1' usage='urn:xmpp:atm:1' encryption='urn:xmpp:omemo:2'>{''.join(owners)}</trust-message>"


def trust(held):
    own = trust_message(decision(ROMEO))
    for profile in PROFILES:
        author = vouched(profile)
        held.right(f"trust-{profile}", "A trust message about the sender's own keys, with its time.", message(seal(profile, own)), author, contains=[KEY])
        held.wrong(f"trust-{profile}-late", "The same, months later: decisions about trust are not made twice.", message(seal(profile, own)), "req-time-check", clock=LATE)
        held.wrong(f"trust-{profile}-others", "Romeo decides about the Nurse's keys: a contact speaks of its own keys alone.", message(seal(profile, trust_message(decision(NURSE)))), "req-trust-owner")
        held.wrong(f"trust-{profile}-readers", "Romeo decides about Juliet's own keys.", message(seal(profile, trust_message(decision(JULIET, "distrust")))), "req-trust-owner")
        held.wrong(f"trust-{profile}-one-of-two", "One of two owners is the sender, the other is not.", message(seal(profile, trust_message(decision(ROMEO), decision(JULIET)))), "req-trust-owner")
        mine = seal(profile, trust_message(decision(NURSE), decision(JULIET), decision(ROMEO, "distrust")), by="juliet", to=JULIET)
        held.right(f"trust-{profile}-own-account", "Another device of Juliet's decides about keys of anybody: the sender is the own account.", message(mine, sender=CHAMBER, to=JULIET), vouched(profile, JULIET), contains=[KEY])
    for profile in ("omemo", "stub"):
        held.wrong(f"trust-{profile}-no-time", "The profile does not require a time, what it carries does: the strictest decides.", message(seal(profile, own, time=None)), "req-profile-strictest")
        held.wrong(f"trust-{profile}-no-time-late", "The same, months later.", message(seal(profile, own, time=None)), "req-profile-strictest", clock=LATE)
        held.wrong(f"trust-{profile}-no-affixes", "A trust message without time, recipient and sender.", message(seal(profile, own, time=None, to=None, sender=None)), "req-profile-strictest")
    held.wrong("trust-beside-a-body", "A trust message stands beside a body, and there is no time.", message(seal("omemo", body(TEXT) + own, time=None)), "req-profile-strictest")
    held.right("trust-no-to", "In a trust message under OMEMO `to` is recommended.", message(seal("omemo", own, to=None)), contains=[KEY])
    held.wrong("trust-sent-no-time", "A copy of a trust message of the own account, without a time.", carbon("sent", message(seal("omemo", own, by="juliet", to=ROMEO, time=None), sender=CHAMBER, to=ORCHARD, namespace="jabber:client")), "req-profile-strictest")
    held.right("trust-owner-capitals", "The owner is the sender, written in capitals.", message(seal("omemo", trust_message(decision("ROMEO@Montague.example")))), contains=[KEY])
    held.right("trust-two-owners-same", "The sender is named as an owner twice.", message(seal("omemo", trust_message(decision(ROMEO), decision(ROMEO, "distrust")))), contains=[KEY])
    held.right("trust-300", "Exactly 300 seconds late.", message(seal("omemo", own)), clock=later(300), contains=[KEY])
    held.wrong("trust-301", "301 seconds late.", message(seal("omemo", own)), "req-time-check", clock=later(301))
    held.right("trust-offline", "Delivered late, as the own server says.", message(seal("omemo", own), outside=DELAY.format("capulet.example", T)), clock=later(3600), contains=[KEY])
    held.right("trust-outside", "A trust message in the open beside a sealed body, without a time inside: it is ignored, so nothing asks for one.", message(seal("omemo", body(TEXT), time=None), outside=own), contains=[TEXT], lacks=[KEY])
    held.right("trust-sent-to-contact", "A copy of what another device of Juliet's told Romeo about her keys.", carbon("sent", message(seal("omemo", trust_message(decision(JULIET)), by="juliet", to=ROMEO), sender=CHAMBER, to=ORCHARD, namespace="jabber:client")), JULIET, contains=[KEY])
    held.right("trust-other-namespace", "An element of the same name in another namespace asks for nothing.", message(seal("omemo", "<trust-message xmlns='urn:example:tm'/>" + body(TEXT), time=None)), contains=[TEXT])
