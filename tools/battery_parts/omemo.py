"""OMEMO 2 (XEP-0384), the first messages of a session: X3DH and the double ratchet written by hand with `cryptography`.

The secrets of all devices stand in the published vectors of the draft, so any of them can send and any can open. Each message
begins a session, as every receiver of the battery is new.
"""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VECTORS = Path(__file__).resolve().parents[2] / "examples" / "xep-sce" / "vectors" / "omemo.json"
NAMESPACE = "urn:xmpp:omemo:2"
FIELD = 2**255 - 19
ZERO = bytes(32)


class Device:
    """A device of the cast with its secrets."""

    def __init__(self, jid, data):
        self.jid, self.id, self.signed = jid, data["device_id"], data["spk_id"]
        self.identity = bytes.fromhex(data["identity_pub_ed25519"])
        digest = hashlib.sha512(bytes.fromhex(data["identity_seed_ed25519"])).digest()
        self.secret = X25519PrivateKey.from_private_bytes(digest[:32])
        self.signed_secret = X25519PrivateKey.from_private_bytes(bytes.fromhex(data["spk_priv"]))
        self.prekeys = {
            int(number): X25519PrivateKey.from_private_bytes(bytes.fromhex(key)) for number, key in data["prekeys"].items()
        }

    @property
    def exchange(self):
        """The public identity key in the form in which secrets are agreed on."""
        height = int.from_bytes(self.identity, "little") & (2**255 - 1)
        return X25519PublicKey.from_public_bytes(
            ((1 + height) * pow(1 - height, -1, FIELD) % FIELD).to_bytes(32, "little")
        )


def cast():
    """All devices by number."""
    people = json.loads(VECTORS.read_text())["people"]
    return {data["device_id"]: Device(person["jid"], data) for person in people for data in person["omemo"]}


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def derive(material, salt, info, length):
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info.encode()).derive(material)


def mac(key, data, length=32):
    return hmac.new(key, data, hashlib.sha256).digest()[:length]


def cbc(keys, plaintext):
    padder = padding.PKCS7(128).padder()
    padded = padder.update(plaintext) + padder.finalize()
    encryptor = Cipher(algorithms.AES(keys[:32]), modes.CBC(keys[64:80])).encryptor()
    return encryptor.update(padded) + encryptor.finalize()


def number(field, value):
    """An unsigned number of a protobuf message."""
    return bytes([field << 3]) + variable(value)


def variable(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def block(field, value):
    """A field of bytes of a protobuf message."""
    return bytes([field << 3 | 2]) + variable(len(value)) + value


def payload(envelope):
    """The ciphertext of the envelope, and the 48 bytes that each device gets."""
    key = os.urandom(32)
    keys = derive(key, ZERO, "OMEMO Payload", 80)
    ciphertext = cbc(keys, envelope)
    return ciphertext, key + mac(keys[32:64], ciphertext, 16)


def begin(sender, receiver, secret, prekey, position=0, weak=None):
    """The message that begins a session and holds `secret`; with a position, earlier ones of the chain were lost.

    With a weak ephemeral key (a point of small order) all that is agreed on with it is zero.
    """
    base = X25519PrivateKey.generate()
    base_public = public(base) if weak is None else weak
    signed = receiver.signed_secret.public_key()
    others = [receiver.exchange, signed, receiver.prekeys[prekey].public_key()]
    agreed = [sender.secret.exchange(signed)] + [base.exchange(key) if weak is None else ZERO for key in others]
    root = derive(b"\xff" * 32 + b"".join(agreed), ZERO, "OMEMO X3DH", 32)
    associated = sender.identity + receiver.identity
    ratchet = X25519PrivateKey.generate()
    chain = derive(ratchet.exchange(signed), root, "OMEMO Root Chain", 64)[32:]
    for _ in range(position):
        chain = mac(chain, b"\x02")
    keys = derive(mac(chain, b"\x01"), ZERO, "OMEMO Message Key Material", 80)
    message = number(1, position) + number(2, 0) + block(3, public(ratchet)) + block(4, cbc(keys, secret))
    authenticated = block(1, mac(keys[32:64], associated + message, 16)) + block(2, message)
    return number(1, prekey) + number(2, receiver.signed) + block(3, sender.identity) + block(4, base_public) + block(5, authenticated)


def encrypted(envelope, sender, receivers, prekey=7, position=0, sid=None, names=None, tamper=None, numbers=None, weak=None):
    """The carrier. `names` and `numbers` write other accounts and devices over the keys; `tamper` changes the bytes of each key and
    of the payload."""
    ciphertext, secret = payload(envelope)
    change = tamper or {}
    ciphertext = change.get("payload", lambda data: data)(ciphertext)
    groups = {}
    for device in receivers:
        key = change.get("key", lambda data: data)(begin(sender, device, secret, prekey, position, weak))
        line = f"<key rid='{(numbers or {}).get(device.id, device.id)}' kex='true'>{base64.b64encode(key).decode()}</key>"
        groups.setdefault((names or {}).get(device.jid, device.jid), []).append(line)
    keys = "".join(f"<keys jid='{jid}'>{''.join(lines)}</keys>" for jid, lines in groups.items())
    return (
        f"<encrypted xmlns='{NAMESPACE}'><header sid='{sender.id if sid is None else sid}'>{keys}</header>"
        f"<payload>{base64.b64encode(ciphertext).decode()}</payload></encrypted>"
    )
