"""OpenPGP messages under both of its profiles: dates, signatures, packets, passphrases, keys."""

import datetime

from .. import openpgp
from ..stanzas import *

TEXT = "Sealed with his own ring"
GREGORY, SAMPSON, ABRAHAM = (f"{name}@verona.example" for name in ("gregory", "sampson", "abraham"))
BENVOLIO, PARIS, PETER, ROSALINE = (f"{name}@verona.example" for name in ("benvolio", "paris", "peter", "rosaline"))


def text(profile, **parts):
    return envelope(body(TEXT), **parts) if profile == "openpgp" else ox_element(body(TEXT), **{k: v for k, v in parts.items() if k != "sender"})


def sealed(profile, packets, to=("juliet",), **parts):
    """Packets, encrypted as they are."""
    note("gpg")
    return message(carrier(NAMESPACE[profile], openpgp.encrypt_raw(packets, to)), **parts)


def signed(profile, by=("romeo",), at=T, more=(), **parts):
    return openpgp.sign(text(profile, **parts).encode(), by, at, more)


def topic():
    people = []
    held = Topic("pgp", "OpenPGP messages under both profiles: dates of signatures, signers, packets, passphrases, further keys.", people)
    for profile in ("openpgp", "ox"):
        libraries(held, profile)
        dates(held, profile)
        signatures(held, profile)
        packets(held, profile)
        passphrases(held, profile)
        broken(held, profile)
    base64(held)
    keys(held, people)
    return held


def libraries(held, profile):
    for number in range(3):
        held.right(f"{profile}-pgpy-{number + 1}", "Signed and encrypted by PGPy.", message(pgp(text(profile), namespace=NAMESPACE[profile], tool="PGPy", to=("juliet", "romeo"))), contains=[TEXT])
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    for number in range(3):
        held.right(f"{profile}-pysequoia-{number + 1}", "Signed and encrypted by pysequoia, by the clock of that day.", message(pgp(text(profile, time=now), namespace=NAMESPACE[profile], tool="pysequoia", to=("juliet", "nurse"))), contains=[TEXT], clock=now)
    stale = message(pgp(text(profile), namespace=NAMESPACE[profile], tool="pysequoia"), outside=HINTS + DELAY.format("capulet.example", T))
    held.wrong(f"{profile}-pysequoia-old-envelope", "Signed by pysequoia, months after the time on which the envelope and the own server's delay agree.", stale, "req-openpgp-signing-time", clock=now)
    held.wrong(f"{profile}-pgpy-signer", "PGPy signs with Tybalt's key what comes from Romeo.", message(pgp(text(profile), by="tybalt", namespace=NAMESPACE[profile], tool="PGPy")), "req-from-identity")
    held.right(f"{profile}-many-readers", "Encrypted to all keys of the cast.", sealed(profile, signed(profile), ("romeo", "tybalt", "nurse", "juliet")), contains=[TEXT])
    for digest in ("SHA256", "SHA384", "SHA512"):
        held.right(f"{profile}-{digest.lower()}", f"A signature over {digest}.", sealed(profile, signed(profile, more=("--digest-algo", digest))), contains=[TEXT])


def dates(held, profile):
    for seconds in (0, 300, -300):
        held.right(f"{profile}-signed-{seconds}", f"The signature is {seconds} seconds younger than the envelope's time: within 300.", sealed(profile, signed(profile, at=later(seconds))), contains=[TEXT])
    for seconds in (301, -301):
        held.wrong(f"{profile}-signed-{seconds}", f"The signature is {seconds} seconds younger than the envelope's time: not within 300.", sealed(profile, signed(profile, at=later(seconds))), "req-openpgp-signing-time")
    held.wrong(f"{profile}-signed-long-ago", "An old signature under an envelope of today: a key that leaked after it was retired would speak for ever.", sealed(profile, signed(profile, at="2026-09-02T09:12:00Z")), "req-openpgp-signing-time")
    held.wrong(f"{profile}-signed-next-year", "A signature of the next year under an envelope of today, which the own server has kept so long.", sealed(profile, signed(profile, at="2027-09-14T09:12:00Z"), outside=HINTS + DELAY.format("capulet.example", T)), "req-openpgp-signing-time", clock="2027-09-15T09:12:00Z")
    week = "2026-09-21T18:00:00Z"
    held.right(
        f"{profile}-signed-then-archived",
        "A message of last week from the archive: the signature is compared with the envelope, not with the clock.",
        archived(message(carrier(NAMESPACE[profile], openpgp.encrypt_raw(signed(profile), ["juliet"])), to=CHAMBER, namespace="jabber:client")),
        clock=week,
        contains=[TEXT],
    )
    held.wrong(
        f"{profile}-signed-again-archived",
        "The archive's stamp and the envelope agree on last week, and the signature is of today.",
        archived(message(carrier(NAMESPACE[profile], openpgp.encrypt_raw(signed(profile, at=week), ["juliet"])), to=CHAMBER, namespace="jabber:client")),
        "req-openpgp-signing-time",
        clock=week,
    )


def signatures(held, profile):
    for identifier, by in (("romeo-tybalt", ("romeo", "tybalt")), ("tybalt-romeo", ("tybalt", "romeo")), ("three", ("romeo", "tybalt", "nurse"))):
        held.wrong(f"{profile}-signed-by-{identifier}", "More than one signature: which of them names the author would depend on their order, and exactly one is allowed.", sealed(profile, signed(profile, by=by)), "req-receive-open")
    one, other = signed(profile), openpgp.sign(b"Something else", ["romeo"], T)
    swapped = one[:-119] + other[-119:]
    held.wrong(f"{profile}-signature-of-another-text", "The signature is Romeo's and of another text.", sealed(profile, swapped), "req-receive-open")
    held.wrong(f"{profile}-signature-missing", "The packet that announces a signature is there, the signature is not.", sealed(profile, one[:-119]), "req-receive-open")
    held.wrong(f"{profile}-signature-not-announced", "Literal data alone: signed by nobody.", sealed(profile, openpgp.literal(text(profile).encode())), "req-receive-open")
    note("gpg")
    held.wrong(f"{profile}-not-encrypted", "Signed and not encrypted.", message(carrier(NAMESPACE[profile], one)), "req-receive-open")
    note("gpg")
    held.wrong(f"{profile}-not-signed", "Encrypted and signed by nobody.", message(carrier(NAMESPACE[profile], openpgp.encrypt_text(text(profile).encode(), ["juliet"]))), "req-receive-open")
    held.wrong(f"{profile}-neither", "Neither signed nor encrypted: literal data in the open.", message(carrier(NAMESPACE[profile], openpgp.literal(text(profile).encode()))), "req-receive-open")


def packets(held, profile):
    right = openpgp.encrypt_raw(signed(profile), ["juliet"])
    pieces = (
        ("literal", openpgp.literal(b"<envelope/>"), "literal data in the open"),
        ("user-id", openpgp.packet(13, b"xmpp:tybalt@capulet.example"), "a User ID"),
        ("message", right, "the same message once more"),
        ("signed", signed(profile, by=("tybalt",)), "a signed message"),
        ("bytes", b"Good night", "bytes that are no packet"),
        ("zero", b"\x00", "a byte zero"),
    )
    for identifier, piece, about in pieces:
        note("gpg")
        held.wrong(f"{profile}-behind-{identifier}", f"Behind the message stands {about}: nothing may follow it.", message(carrier(NAMESPACE[profile], right + piece)), "req-receive-open")
    for identifier, piece, about in pieces[:2] + pieces[3:5]:
        held.wrong(f"{profile}-behind-inside-{identifier}", f"Behind the signed message, within what is encrypted, stands {about}.", sealed(profile, signed(profile) + piece), "req-receive-open")
    held.wrong(f"{profile}-before-inside", "Before the signed message, within what is encrypted, stands literal data of its own.", sealed(profile, openpgp.literal(text(profile).encode()) + signed(profile)), "req-receive-open")
    held.wrong(f"{profile}-two-signed", "Two signed messages in one encrypted packet.", sealed(profile, signed(profile) + signed(profile)), "req-receive-open")


def passphrases(held, profile):
    more = ("--passphrase", "capulet", "--symmetric")
    note("gpg")
    held.wrong(
        f"{profile}-passphrase-beside",
        "A passphrase opens it beside the key of the reader: whoever knows it is a reader whom nobody sees.",
        message(carrier(NAMESPACE[profile], openpgp.encrypt_raw(signed(profile), ["juliet"], more))),
        "req-receive-open",
    )
    note("gpg")
    alone = openpgp.run(["--passphrase", "capulet", "--no-literal", "--symmetric"], signed(profile))
    held.wrong(f"{profile}-passphrase-alone", "A passphrase alone opens it.", message(carrier(NAMESPACE[profile], alone)), "req-receive-open")


def broken(held, profile):
    right = openpgp.encrypt_raw(signed(profile), ["juliet"])
    for identifier, place in (("key", 30), ("middle", len(right) // 2), ("end", -1)):
        changed = bytearray(right)
        changed[place] ^= 1
        note("gpg")
        held.wrong(f"{profile}-flipped-{identifier}", "A bit was changed on the way.", message(carrier(NAMESPACE[profile], bytes(changed))), "req-receive-open")
    for identifier, data in (("cut", right[:-20]), ("empty", b""), ("key-alone", right[:96]), ("data-alone", right[96:])):
        note("gpg")
        held.wrong(f"{profile}-{identifier}", "Not a whole message.", message(carrier(NAMESPACE[profile], data)), "req-receive-open")
    note("PGPy")
    held.wrong(f"{profile}-no-integrity", "Signed, and encrypted in the old packet that nothing protects against changes (req-openpgp-reject).", message(carrier(NAMESPACE[profile], openpgp.without_integrity(signed(profile), "juliet"))), "req-receive-open")
    note("gpg")
    held.wrong(f"{profile}-other-reader", "Encrypted to the Nurse alone, and Juliet got it.", message(carrier(NAMESPACE[profile], openpgp.encrypt_raw(signed(profile), ["nurse"]))), "req-receive-open")


def base64(held):
    right = pgp(envelope(body(TEXT)))
    data = right[right.index(">") + 1 : right.rindex("<")]
    wrap = lambda inner_: f"<openpgp xmlns='{SCE}'>{inner_}</openpgp>"
    lines = "\n".join(data[start : start + 64] for start in range(0, len(data), 64))
    for identifier, inner_ in (("lines", "\n  " + lines + "\n"), ("spaces", " " + data + "\t"), ("cdata", f"<![CDATA[{data}]]>"), ("references", data.replace("A", "&#65;"))):
        note("gpg")
        held.right(f"base64-{identifier}", "White space in the Base64 text is ignored (req-openpgp-white-space), and how XML spells a character means nothing.", message(wrap(inner_)), contains=[TEXT])
    armored = "-----BEGIN PGP MESSAGE-----\n\n" + lines + "\n-----END PGP MESSAGE-----"
    for identifier, inner_ in (("armor", armored), ("signs", data[:40] + "!" + data[40:]), ("url", data.replace("+", "-").replace("/", "_")), ("words", "Good night"), ("twice", data + "=" + data)):
        note("gpg")
        held.wrong(f"base64-{identifier}", "The carrier's text is not the message in Base64 without armor.", message(wrap(inner_)), "req-receive-open")


def keys(held, people):
    def add(fingerprint, *addresses):
        people.extend({"jid": jid, "openpgp": [openpgp.public_key(fingerprint)]} for jid in addresses)

    def written(by, jid, profile="openpgp", at=T, sender=None, **parts):
        made = envelope(body(TEXT), time=at, sender=sender or jid) if profile == "openpgp" else ox_element(body(TEXT), time=at)
        return message(pgp(made, by=by, at=at, namespace=NAMESPACE[profile]), sender=jid + "/street", **parts)

    two = openpgp.new_key([f"xmpp:{GREGORY}", f"xmpp:{SAMPSON}"])
    subkey = openpgp.new_key([f"xmpp:{BENVOLIO}"], subkey=True)
    add(two, GREGORY, SAMPSON)
    add(subkey, BENVOLIO)
    for profile in ("openpgp", "ox"):
        for jid in (GREGORY, SAMPSON):
            held.right(f"{profile}-two-users-{jid.split('@')[0]}", "The key has the User IDs of two accounts, and one of them wrote.", written(two, jid, profile), jid, contains=[TEXT])
        held.wrong(f"{profile}-two-users-third", "The key has two User IDs, and neither is the account that claims to write.", written(two, ABRAHAM, profile), "req-from-identity")
        held.wrong(f"{profile}-two-users-romeo", "The key has two User IDs, and the stanza comes from Romeo.", written(two, ROMEO, profile), "req-from-identity")
        held.right(f"{profile}-signing-subkey", "Signed by a subkey of the author's key.", written(subkey, BENVOLIO, profile), BENVOLIO, contains=[TEXT])
    held.wrong("two-users-exchanged", "The envelope names the one account of the key, the stanza the other.", written(two, GREGORY, sender=SAMPSON), "req-from-check")
    none = openpgp.new_key(["Peter, servant to the Nurse"])
    other = openpgp.new_key(["xmpp:rosaline@capulet.example"])
    add(none, PETER)
    add(other, ROSALINE)
    for profile in ("openpgp", "ox"):
        held.wrong(f"{profile}-key-without-address", "The key that is published for the account has no User ID with its address.", written(none, PETER, profile), "req-receive-open")
        held.wrong(f"{profile}-key-of-another-address", "The key that is published for the account has the User ID of another one.", written(other, ROSALINE, profile), "req-receive-open")
    stranger = openpgp.new_key([f"xmpp:{ROMEO}", "Romeo's other self"])
    held.wrong("key-not-accepted", "A key that nobody published has Romeo's User ID: the name alone proves nothing.", message(pgp(envelope(body(TEXT)), by=stranger)), "req-receive-open")
    over = openpgp.new_key([f"xmpp:{PARIS}"])
    sealed_ = written(over, PARIS, at="2026-09-20T12:00:00Z")
    openpgp.expire(over, "2026-09-15T00:00:00Z", 3600)
    add(over, PARIS)
    note("gpg")
    held.wrong("key-expired", "The key had expired five days before it signed.", sealed_, "req-receive-open", clock="2026-09-20T12:00:00Z")
    gone = openpgp.new_key([f"xmpp:{ABRAHAM}"])
    sealed_ = written(gone, ABRAHAM)
    openpgp.revoke(gone)
    add(gone, ABRAHAM)
    note("gpg")
    held.wrong("key-revoked", "The key has been revoked, and no word of it counts any more.", sealed_, "req-receive-open")
